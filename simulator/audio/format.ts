import type { AudioFormat } from '../protocol/session-object';
import { ALAW_SILENCE, decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw, MULAW_SILENCE } from './g711';

/** How the bytes of one audio format are read and written (protocol reference, section 3.3). */
export interface Codec {
  readonly sampleRate: number;
  readonly bytesPerMs: number;
  readonly bytesPerSample: number;
  decode(bytes: Buffer): Int16Array;
  encode(samples: Int16Array): Buffer;
  /** That many milliseconds of silence. */
  silence(ms: number): Buffer;
}

export function codecOf(format: AudioFormat): Codec {
  switch (format.type) {
    case 'audio/pcm':
      return PCM16;
    case 'audio/pcmu':
      return MULAW;
    case 'audio/pcma':
      return ALAW;
  }
}

const PCM16: Codec = {
  sampleRate: 24000,
  bytesPerMs: 48,
  bytesPerSample: 2,
  decode(bytes) {
    const samples = new Int16Array(bytes.length >> 1);
    for (let index = 0; index < samples.length; index += 1) samples[index] = bytes.readInt16LE(index * 2);
    return samples;
  },
  encode(samples) {
    const bytes = Buffer.alloc(samples.length * 2);
    samples.forEach((sample, index) => bytes.writeInt16LE(sample, index * 2));
    return bytes;
  },
  silence: (ms) => Buffer.alloc(Math.round(ms) * 48),
};

const MULAW: Codec = {
  sampleRate: 8000,
  bytesPerMs: 8,
  bytesPerSample: 1,
  decode: decodeMulaw,
  encode: encodeMulaw,
  silence: (ms) => Buffer.alloc(Math.round(ms) * 8, MULAW_SILENCE),
};

const ALAW: Codec = {
  sampleRate: 8000,
  bytesPerMs: 8,
  bytesPerSample: 1,
  decode: decodeAlaw,
  encode: encodeAlaw,
  silence: (ms) => Buffer.alloc(Math.round(ms) * 8, ALAW_SILENCE),
};
