/*
 * G.711, the 8 kHz telephone codecs, as ITU-T G.711 defines them. Both encode a 16-bit sample in one byte on a
 * logarithmic scale; decoding is a table of 256 values.
 */

/** The byte of silence in each codec (protocol reference, section 3.3). */
export const MULAW_SILENCE = 0xff;
export const ALAW_SILENCE = 0xd5;

/** Decodes mu-law bytes to 16-bit samples, one sample a byte. */
export function decodeMulaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => MULAW_TABLE[byte] ?? 0);
}

/** Decodes A-law bytes to 16-bit samples, one sample a byte. */
export function decodeAlaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => ALAW_TABLE[byte] ?? 0);
}

/** Encodes 16-bit samples as mu-law, one byte a sample. */
export function encodeMulaw(samples: Int16Array): Buffer {
  return Buffer.from(Uint8Array.from(samples, mulawByte));
}

/** Encodes 16-bit samples as A-law, one byte a sample. */
export function encodeAlaw(samples: Int16Array): Buffer {
  return Buffer.from(Uint8Array.from(samples, alawByte));
}

/** Added before the logarithm, so that the first segment of mu-law is as wide as the others. */
const MULAW_BIAS = 0x84;
const MULAW_CLIP = 32635;

const MULAW_TABLE = Int16Array.from({ length: 256 }, (_, byte) => mulawSample(byte));
const ALAW_TABLE = Int16Array.from({ length: 256 }, (_, byte) => alawSample(byte));

/** Mu-law: inverted bits, sign, three bits of segment, four of step. */
function mulawSample(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + MULAW_BIAS) << ((bits >> 4) & 0x07)) - MULAW_BIAS;
  return (bits & 0x80) !== 0 ? -magnitude : magnitude;
}

function mulawByte(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), MULAW_CLIP) + MULAW_BIAS;
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const bits = (sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f);
  return ~bits & 0xff;
}

/** A-law: even bits inverted, sign set for positive samples, the first two segments linear. */
function alawSample(byte: number): number {
  const bits = byte ^ 0x55;
  const segment = (bits >> 4) & 0x07;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (bits & 0x80) !== 0 ? magnitude : -magnitude;
}

function alawByte(sample: number): number {
  const negative = sample < 0;
  const magnitude = Math.min(negative ? -sample - 1 : sample, 32767);
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const step = segment === 0 ? magnitude >> 4 : magnitude >> (segment + 3);
  return ((negative ? 0 : 0x80) | (segment << 4) | (step & 0x0f)) ^ 0x55;
}
