import fc from 'fast-check';
import { base64Length, cutFrames, decode, encode, isBase64 } from '../../../relay/protocol/base64';

const text = (value: string) => Buffer.from(value, 'latin1');
const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256));

describe('isBase64', () => {
  it.each(['', 'A', 'AAA', 'AA=A', '====', 'A===', 'AAAA=', 'AA A', 'AA-_', 'AAA\n'])('refuses %p', (value) => {
    expect(isBase64(text(value))).toBe(false);
  });

  it('takes what an encoder writes, and base64Length tells its size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (data) => {
        const encoded = encode(Buffer.from(data));
        expect(isBase64(encoded)).toBe(true);
        expect(base64Length(encoded)).toBe(data.length);
      }),
    );
  });
});

describe('cutFrames', () => {
  it('moves whole frames untouched', () => {
    const delta = encode(bytes(8000));
    const cut = cutFrames(Buffer.alloc(0), delta, 160);
    expect(cut.whole).toBe(delta);
    expect(cut).toMatchObject({ wholeBytes: 8000, rest: Buffer.alloc(0) });
  });

  it('keeps everything where there is not one frame', () => {
    const cut = cutFrames(bytes(1), encode(bytes(100)), 160);
    expect(cut).toEqual({ whole: Buffer.alloc(0), wholeBytes: 0, rest: Buffer.concat([bytes(1), bytes(100)]) });
  });

  it('gives every byte once and in order, in whole frames, however audio is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2000), { maxLength: 12 }),
        fc.constantFrom(160, 320, 640, 960),
        (lengths, frameBytes) => {
          const all = bytes(lengths.reduce((sum, length) => sum + length, 0));
          const out: Buffer[] = [];
          let rest: Buffer = Buffer.alloc(0);
          let at = 0;
          for (const length of lengths) {
            const cut = cutFrames(rest, encode(all.subarray(at, at + length)), frameBytes);
            at += length;
            rest = cut.rest;
            const whole = decode(cut.whole);
            expect(cut.whole.length === 0 || isBase64(cut.whole)).toBe(true);
            expect(whole).toHaveLength(cut.wholeBytes);
            expect(cut.wholeBytes % frameBytes).toBe(0);
            expect(rest.length).toBeLessThan(frameBytes);
            out.push(whole);
          }
          expect(Buffer.concat([...out, rest]).equals(all)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
