import fc from 'fast-check';
import { applyMask, newKey } from '../../../relay/wire/mask';

it('is the exclusive or of every byte with its byte of the key, wherever the bytes lie', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.nat(9),
      fc.nat(9),
      fc.nat(9),
      (content, key, before, from, behind) => {
        const memory = Buffer.concat([Buffer.alloc(before), content, Buffer.alloc(behind)]);
        const bytes = memory.subarray(before);
        const start = Math.min(from, content.length);
        applyMask(bytes, start, content.length, Buffer.from(key).readInt32LE());
        const masked = content.map((byte, at) => (at < start ? byte : byte ^ (key[(at - start) & 3] ?? 0)));
        expect(memory).toEqual(Buffer.concat([Buffer.alloc(before), masked, Buffer.alloc(behind)]));
      },
    ),
  );
});

it('takes a new key for every frame', () => {
  const keys = Array.from({ length: 5_000 }, newKey);
  expect(new Set(keys).size).toBeGreaterThan(4_990);
});
