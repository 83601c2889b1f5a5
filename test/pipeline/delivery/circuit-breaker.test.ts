import {
  type BreakerSettings,
  CircuitBreaker,
  type CircuitChange,
  type Pass,
} from '../../../pipeline/delivery/circuit-breaker';
import { Clock } from '../support/clock';

const settings: BreakerSettings = { failures: 3, pauseMs: 1_000, maxPauseMs: 3_000 };

function breaker() {
  const clock = new Clock();
  const changes: CircuitChange[] = [];
  const circuit = new CircuitBreaker(settings, clock, (change) => changes.push(change));
  const enter = (): Pass => {
    const pass = circuit.enter();
    if (pass.kind === 'refused') throw new Error('It must let this delivery pass.');
    return pass;
  };
  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) enter().end('failing');
  };
  return { circuit, clock, changes, enter, fail };
}

it('opens after so many failures in a row, and says for how long', () => {
  const { circuit, changes, fail } = breaker();
  fail(2);
  expect(circuit.refusal()).toBeUndefined();
  fail(1);
  expect(circuit.enter()).toEqual({ kind: 'refused', retryAfterMs: 1_000 });
  expect(changes).toEqual([{ state: 'open', pauseMs: 1_000 }]);
});

it('begins to count anew when the webhook answers, and not when it was not asked', () => {
  const { circuit, enter, fail } = breaker();
  fail(2);
  enter().end('alive');
  fail(2);
  enter().end('none');
  expect(circuit.refusal()).toBeUndefined();
  fail(1);
  expect(circuit.refusal()).toEqual({ kind: 'refused', retryAfterMs: 1_000 });
});

it('tells how much of the pause is left, and lets one probe pass when it is over', () => {
  const { circuit, clock, changes, enter, fail } = breaker();
  fail(3);
  clock.pass(600);
  expect(circuit.enter()).toEqual({ kind: 'refused', retryAfterMs: 400 });
  clock.pass(400);
  expect(circuit.refusal()).toBeUndefined();
  const probe = enter();
  expect(circuit.enter()).toEqual({ kind: 'refused' });
  probe.end('alive');
  expect(circuit.refusal()).toBeUndefined();
  expect(changes.map(({ state }) => state)).toEqual(['open', 'half_open', 'closed']);
});

it('pauses twice as long after each probe that fails, up to the longest pause, and begins small again', () => {
  const { clock, changes, enter, fail } = breaker();
  fail(3);
  for (const pauseMs of [1_000, 2_000, 3_000]) {
    clock.pass(pauseMs);
    fail(1);
  }
  expect(changes.flatMap(({ pauseMs }) => pauseMs ?? [])).toEqual([1_000, 2_000, 3_000, 3_000]);
  clock.pass(3_000);
  enter().end('alive');
  fail(3);
  expect(changes.at(-1)).toEqual({ state: 'open', pauseMs: 1_000 });
});

it('lets another probe pass at once when the first was never sent', () => {
  const { circuit, clock, enter, fail } = breaker();
  fail(3);
  clock.pass(1_000);
  enter().end('none');
  const probe = enter();
  expect(circuit.enter()).toEqual({ kind: 'refused' });
  probe.end('failing');
  expect(circuit.refusal()).toEqual({ kind: 'refused', retryAfterMs: 2_000 });
});

it.each(['alive', 'failing', 'none'] as const)('learns nothing of an old delivery that ends as %s', (evidence) => {
  const { circuit, clock, changes, enter, fail } = breaker();
  const old = enter();
  fail(3);
  expect(old.isCurrent()).toBe(false);
  old.end(evidence);
  expect(circuit.refusal()).toEqual({ kind: 'refused', retryAfterMs: 1_000 });

  clock.pass(1_000);
  const late = enter();
  old.end(evidence);
  expect(circuit.enter()).toEqual({ kind: 'refused' });
  expect(late.isCurrent()).toBe(true);
  late.end('alive');
  old.end(evidence);
  expect(changes).toHaveLength(3);
});
