import fc from 'fast-check';
import { Batch, entriesOf, headBytes } from '../../../replay/recording/batch';

const message = fc.record({
  recording: fc.nat({ max: 2 ** 32 - 1 }),
  t: fc.double({ min: 0, max: 1e9, noNaN: true }),
  from: fc.constantFrom('client' as const, 'relay' as const),
  text: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
  isText: fc.boolean(),
});

it('gives back what was put in, in order', () => {
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const batch = new Batch(65_536);
      for (const { recording, t, from, text, isText } of messages) {
        expect(batch.add(recording, t, from, isText ? text : Buffer.from(text))).toBe(true);
      }
      const entries = [...entriesOf(batch.block, batch.bytes)];
      expect(entries.map((entry) => ({ ...entry, message: entry.message.toString() }))).toEqual(
        messages.map(({ recording, t, from, text }) => ({ recording, t, from, message: text })),
      );
    }),
  );
});

it('keeps a message as it was when it was put in', () => {
  const batch = new Batch(100);
  const bytes = Buffer.from('before');
  batch.add(1, 0, 'client', bytes);
  bytes.fill('x');
  expect([...entriesOf(batch.block, batch.bytes)][0]?.message.toString()).toBe('before');
});

it('takes what fits to the last byte, and refuses what does not', () => {
  const batch = new Batch(2 * headBytes + 7);
  expect(batch.add(1, 0, 'client', 'four')).toBe(true);
  expect(batch.add(1, 0, 'client', 'four')).toBe(false);
  expect(batch.add(1, 0, 'client', 'äx')).toBe(true);
  expect([...entriesOf(batch.block, batch.bytes)].map((entry) => entry.message.toString())).toEqual(['four', 'äx']);
});
