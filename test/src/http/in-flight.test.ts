import { createInFlight } from '../../../src/http/in-flight';

it('lets in as many as may be, each key for itself', () => {
  const inFlight = createInFlight();
  const leave = inFlight.enter('a', 2);
  expect(inFlight.enter('a', 2)).toBeDefined();
  expect(inFlight.enter('a', 2)).toBeUndefined();
  expect(inFlight.enter('b', 2)).toBeDefined();
  leave?.();
  expect(inFlight.enter('a', 2)).toBeDefined();
});

it('takes a place back once', () => {
  const inFlight = createInFlight();
  const leave = inFlight.enter('a', 2);
  inFlight.enter('a', 2);
  leave?.();
  leave?.();
  expect(inFlight.count('a')).toBe(1);
});
