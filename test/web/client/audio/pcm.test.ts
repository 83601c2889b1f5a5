import fc from 'fast-check';
import { decodePcm, encodePcm, toPcm } from '../../../../web/client/audio/pcm';

describe('samples of a session', () => {
  it('come back as they went, to the bit', () => {
    fc.assert(
      fc.property(fc.int16Array(), (samples) => {
        const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
        expect(encodePcm(samples)).toBe(bytes.toString('base64'));
        expect([...decodePcm(encodePcm(samples))].map((sample) => sample * 32_768)).toEqual([...samples]);
      }),
    );
  });

  it('are cut off where they are too loud', () => {
    expect([-2, -1, 0, 1, 2].map(toPcm)).toEqual([-32_768, -32_768, 0, 32_767, 32_767]);
  });

  it('are none in what is no base64, and no half ones', () => {
    expect(decodePcm('not base64!')).toHaveLength(0);
    expect(decodePcm(Buffer.from([1, 2, 3]).toString('base64'))).toHaveLength(1);
  });
});
