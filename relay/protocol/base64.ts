/** How many bytes a base64 text stands for; its alphabet is not looked at. */
export function base64Length(text: Buffer): number {
  const { length } = text;
  if (length % 4 !== 0) return Math.floor((length * 3) / 4);
  const padding = text[length - 1] !== pad ? 0 : text[length - 2] !== pad ? 1 : 2;
  return (length / 4) * 3 - padding;
}

/** True for whole quanta of four characters of the standard alphabet, with padding at the very end only. */
export function isBase64(text: Buffer): boolean {
  const { length } = text;
  if (length === 0 || length % 4 !== 0) return false;
  const end = text[length - 1] !== pad ? length : text[length - 2] !== pad ? length - 1 : length - 2;
  for (let at = 0; at < end; at++) {
    if (alphabet[text[at] ?? 0] !== 1) return false;
  }
  return true;
}

/** What can be sent of audio in whole frames, and what has to wait for more. */
export interface Cut {
  /** Whole frames, as base64 text; empty when there is not one. */
  readonly whole: Buffer;
  /** How many bytes `whole` stands for. */
  readonly wholeBytes: number;
  /** The bytes behind the last whole frame, decoded; fewer than a frame. */
  readonly rest: Buffer;
}

/**
 * Takes whole frames of `frameBytes` off the front of `rest` (bytes) followed by `text` (base64).
 *
 * Four characters stand for three bytes, and a frame of G.711 has 160, so frames and characters rarely end together. The
 * text is therefore moved as far as the last whole quantum before the last whole frame, and only what lies between the
 * two, under a frame and two bytes, is decoded and encoded anew. Where `rest` is no multiple of three bytes every quantum
 * behind it would straddle two, and the whole text is encoded anew: an odd piece costs one such turn, and none where
 * pieces are whole frames, which then move untouched.
 */
export function cutFrames(rest: Buffer, text: Buffer, frameBytes: number): Cut {
  const bytes = base64Length(text);
  const totalBytes = rest.length + bytes;
  const wholeBytes = totalBytes - (totalBytes % frameBytes);
  if (rest.length === 0 && wholeBytes === bytes) return { whole: text, wholeBytes, rest: nothing };
  const fromText = wholeBytes - rest.length;
  if (fromText <= 0 || rest.length % 3 !== 0 || text.length % 4 !== 0) {
    const all = Buffer.concat([rest, decode(text)]);
    return { whole: encode(all.subarray(0, wholeBytes)), wholeBytes, rest: all.subarray(wholeBytes) };
  }
  const movedBytes = fromText - (fromText % 3);
  const moved = text.subarray(0, (movedBytes / 3) * 4);
  const last = decode(text.subarray(moved.length));
  const split = fromText - movedBytes;
  const whole = Buffer.concat([encode(rest), moved, encode(last.subarray(0, split))]);
  return { whole, wholeBytes, rest: last.subarray(split) };
}

/** Base64 text of bytes, itself as bytes. */
export function encode(bytes: Buffer): Buffer {
  return bytes.length === 0 ? nothing : Buffer.from(bytes.toString('base64'), 'latin1');
}

/** The bytes a base64 text stands for. */
export function decode(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1'), 'base64');
}

const nothing = Buffer.alloc(0);
const pad = 0x3d;

const alphabet = new Uint8Array(256);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  alphabet[letter.charCodeAt(0)] = 1;
