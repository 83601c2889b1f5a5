import fc from 'fast-check';
import { closing, frame, opcode } from '../../hostile/support/frames';

/** Largest message in these tests, in bytes. */
export const maxPayload = 100_000;

/** Bytes of a WebSocket as a peer may send them, right or wrong, and in how long pieces; a client masks. */
export function wireBytes(masked: boolean): fc.Arbitrary<{ readonly bytes: Buffer; readonly cuts: readonly number[] }> {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.constant('x'.repeat(70_000)));
  const short = fc.string({ maxLength: 20 });
  const right = fc.oneof(
    { weight: 6, arbitrary: text.map((data) => frame(data, { masked })) },
    { weight: 1, arbitrary: short.map((data) => frame(data, { masked, opcode: opcode.ping })) },
    { weight: 1, arbitrary: short.map((data) => frame(data, { masked, opcode: opcode.pong })) },
    { weight: 1, arbitrary: text.map((data) => frame(data, { masked, opcode: opcode.binary })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(text, fc.integer({ min: 2, max: 5 }), fc.boolean())
        .map(([data, count, pings]) => parted(Buffer.from(data), count, masked, pings)),
    },
  );
  const wrong = fc.constantFrom(
    frame('no mask, or one too many', { masked: !masked }),
    frame('reserved', { masked, reserved: 4 }),
    frame('unknown', { masked, opcode: 3 }),
    frame('ping in parts', { masked, opcode: opcode.ping, fin: false }),
    frame(Buffer.alloc(126), { masked, opcode: opcode.ping }),
    frame(Buffer.from([0x7b, 0xff, 0x7d]), { masked }),
    frame('continues nothing', { masked, opcode: opcode.continuation }),
    Buffer.concat([frame('begun', { masked, fin: false }), frame('another', { masked })]),
    frame('x'.repeat(maxPayload + 1), { masked }),
    frame('', { masked, says: 2n ** 40n }),
    frame(closing(1005), { masked, opcode: opcode.close }),
    frame(closing(4000, 'over'), { masked, opcode: opcode.close }),
  );
  const frames = fc.array(fc.oneof({ weight: 15, arbitrary: right }, { weight: 1, arbitrary: wrong }), {
    maxLength: 12,
  });
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 30_000 })), {
    maxLength: 30,
  });
  return fc.record({ bytes: frames.map((all) => Buffer.concat(all)), cuts });
}

/** The bytes in pieces of these lengths, and the rest in one. */
export function* piecesOf(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (const length of cuts) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + length);
    at += length;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

function parted(data: Buffer, count: number, masked: boolean, pings: boolean): Buffer {
  const size = Math.ceil(data.length / count);
  const parts = Array.from({ length: count }, (_, nth) => {
    const part = data.subarray(nth * size, (nth + 1) * size);
    const kind = nth === 0 ? opcode.text : opcode.continuation;
    return frame(part, { masked, opcode: kind, fin: nth === count - 1 });
  });
  const ping = frame('', { masked, opcode: opcode.ping });
  return Buffer.concat(parts.flatMap((part) => (pings ? [part, ping] : [part])));
}
