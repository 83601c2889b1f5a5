import fc from 'fast-check';
import { InputBuffer } from '../../../simulator/audio/input-buffer';
import { MULAW, PCM } from '../support/audio';

describe('the input buffer', () => {
  it('keeps its clock whatever is taken, cleared or forgotten', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('append'), bytes: fc.integer({ min: 0, max: 4000 }) }),
      fc.constant({ kind: 'take', bytes: 0 }),
      fc.constant({ kind: 'clear', bytes: 0 }),
      fc.constant({ kind: 'forget', bytes: 0 }),
      fc.constant({ kind: 'hear', bytes: 0 }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const buffer = new InputBuffer(MULAW);
        let received = 0;
        for (const { kind, bytes } of actions) {
          if (kind === 'append') buffer.append(Buffer.alloc(bytes));
          if (kind === 'take') buffer.take(buffer.endMs - 50, buffer.endMs - 10);
          if (kind === 'clear') buffer.clear();
          if (kind === 'forget') buffer.forgetOlderThan(100);
          if (kind === 'hear') [...buffer.windows()].forEach(({ samples }) => expect(samples).toHaveLength(160));
          received += bytes;
          expect(buffer.endMs).toBeCloseTo(received / 8, 6);
        }
      }),
    );
  });

  it('hands out the audio between two points of the clock', () => {
    const buffer = new InputBuffer(MULAW);
    const bytes = Buffer.from(Array.from({ length: 800 }, (_, index) => index % 256));
    buffer.append(bytes);
    expect(buffer.take(10, 20)).toEqual(bytes.subarray(80, 160));
    expect(buffer.durationMs).toBe(80);
    expect(buffer.take(0, 30)).toEqual(bytes.subarray(160, 240));
  });

  it('never cuts a sample of two bytes apart', () => {
    const buffer = new InputBuffer(PCM);
    buffer.append(Buffer.alloc(4801));
    expect(buffer.take(0.01, 50.01).length % 2).toBe(0);
  });

  it('goes on with its clock in another format', () => {
    const buffer = new InputBuffer(PCM);
    buffer.append(Buffer.alloc(4800));
    buffer.changeFormat(MULAW);
    expect([buffer.endMs, buffer.durationMs]).toEqual([100, 0]);
    buffer.append(Buffer.alloc(800));
    expect([buffer.endMs, buffer.durationMs]).toEqual([200, 100]);
  });
});
