import { randomFillSync } from 'node:crypto';

/**
 * Masks or unmasks `bytes` from `start` to before `end`, in place (RFC 6455, section 5.3). The key is its four bytes read as a
 * little-endian number.
 *
 * Four bytes at a time: one at a time it would be the dearest step of all in a long frame.
 */
export function applyMask(bytes: Buffer, start: number, end: number, key: number): void {
  let at = start;
  if (isLittleEndian && end - start >= worthWords) {
    const aligned = start + (-(bytes.byteOffset + start) & 3);
    for (; at < aligned; at++) maskByte(bytes, at, at - start, key);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
    const turned = turn(key, at - start);
    for (let word = 0; word < words.length; word++) words[word] = (words[word] ?? 0) ^ turned;
    at += words.length << 2;
  }
  for (; at < end; at++) maskByte(bytes, at, at - start, key);
}

/** A key nobody can foresee, so that no bytes on the wire are of a client's choosing (RFC 6455, section 10.3). */
export function newKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return keys[nextKey++] ?? 0;
}

const isLittleEndian = new Uint8Array(new Int32Array([1]).buffer)[0] === 1;

/** Below so many bytes the view that words need costs more than it saves. */
const worthWords = 48;

const keys = new Int32Array(2_048);
let nextKey = keys.length;

function maskByte(bytes: Buffer, at: number, place: number, key: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ (key >>> ((place & 3) << 3));
}

/** The key as it stands over a word that begins so many bytes behind the start. */
function turn(key: number, bytes: number): number {
  const bits = (bytes & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}
