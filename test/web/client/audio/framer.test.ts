import fc from 'fast-check';
import { createFramer } from '../../../../web/client/audio/framer';

describe('frames of a microphone', () => {
  it('hold every sample once, in order, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 })), fc.integer({ min: 1, max: 480 }), (sizes, length) => {
        const cut = createFramer(length);
        let next = 0;
        const frames = sizes.flatMap((size) => cut(Float32Array.from({ length: size }, () => next++ / 32_767)));
        const whole = Math.floor(next / length);
        expect(frames.map(({ samples }) => samples.length)).toEqual(Array.from({ length: whole }, () => length));
        expect(frames.flatMap(({ samples }) => [...samples])).toEqual(
          Array.from({ length: whole * length }, (_, at) => at),
        );
      }),
    );
  });

  it('say how loud they are', () => {
    const [loud, quiet] = createFramer(100)(Float32Array.from({ length: 200 }, (_, at) => (at < 100 ? 0.5 : 0)));
    expect([loud?.rms, quiet?.rms]).toEqual([0.5, 0]);
  });
});
