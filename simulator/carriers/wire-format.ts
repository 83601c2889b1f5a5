import { ALAW_SILENCE, decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw, MULAW_SILENCE } from '../audio/g711';

/** The audio of one direction of a call, mono. `l16` is 16-bit samples, little-endian. */
export type WireFormat =
  | { readonly encoding: 'pcmu' | 'pcma'; readonly sampleRate: 8000 }
  | { readonly encoding: 'l16'; readonly sampleRate: 8000 | 16000 | 24000 };

export const MULAW_8K: WireFormat = { encoding: 'pcmu', sampleRate: 8000 };
export const ALAW_8K: WireFormat = { encoding: 'pcma', sampleRate: 8000 };

/** The length of the frames every carrier sends, in milliseconds. */
export const FRAME_MS = 20;

export function bytesPerSample({ encoding }: WireFormat): 1 | 2 {
  return encoding === 'l16' ? 2 : 1;
}

export function bytesPerMs(format: WireFormat): number {
  return (format.sampleRate / 1000) * bytesPerSample(format);
}

/** Bytes of 20 ms: 160 of G.711, 320, 640 or 960 of L16. */
export function frameBytes(format: WireFormat): number {
  return FRAME_MS * bytesPerMs(format);
}

/** The byte that silence is made of. */
export function silenceByte({ encoding }: WireFormat): number {
  switch (encoding) {
    case 'pcmu':
      return MULAW_SILENCE;
    case 'pcma':
      return ALAW_SILENCE;
    case 'l16':
      return 0;
  }
}

/** Samples at the format's own rate as its bytes. */
export function encode(samples: Int16Array, { encoding }: WireFormat): Buffer {
  switch (encoding) {
    case 'pcmu':
      return encodeMulaw(samples);
    case 'pcma':
      return encodeAlaw(samples);
    case 'l16': {
      const bytes = Buffer.alloc(samples.length * 2);
      samples.forEach((sample, index) => bytes.writeInt16LE(sample, index * 2));
      return bytes;
    }
  }
}

/** The samples in bytes of the format; half a sample at the end is left out. */
export function decode(bytes: Buffer, { encoding }: WireFormat): Int16Array {
  switch (encoding) {
    case 'pcmu':
      return decodeMulaw(bytes);
    case 'pcma':
      return decodeAlaw(bytes);
    case 'l16':
      return Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(index * 2));
  }
}
