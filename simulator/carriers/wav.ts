import { decodeAlaw, decodeMulaw } from '../audio/g711';
import type { Sound } from './sound';

/** Rates of sound files, in hertz; a file that names another is broken. */
const [lowestRate, highestRate] = [4_000, 192_000];

/**
 * A WAV file: PCM of 8, 16, 24 or 32 bits, 32-bit floating point, mu-law or A-law, of any usual rate. Several channels are mixed.
 * A writer that did not know how much it would write says 0 or far too much: then all there is counts.
 *
 * @throws Error that says what is wrong with the file.
 */
export function soundOfWav(file: Buffer): Sound {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('This is no WAV file.');
  }
  let head: WavHead | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (name === 'fmt ') head = headOf(body);
    if (name === 'data') {
      if (head === undefined) throw new Error('The WAV file does not say how its samples are coded.');
      const samples = mixed(samplesOf(size === 0 ? file.subarray(at + 8) : body, head), head.channels);
      if (samples.length === 0) break;
      return { samples, sampleRate: head.sampleRate };
    }
    // Chunks start at even places.
    at += 8 + size + (size % 2);
  }
  throw new Error('The WAV file holds no samples.');
}

interface WavHead {
  readonly coding: number;
  readonly channels: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly bits: number;
}

/** Codings by their numbers; the last says that the real one stands further on. */
const [pcm, float, alaw, mulaw, extensible] = [1, 3, 6, 7, 0xfffe];

function headOf(body: Buffer): WavHead {
  if (body.length < 16) throw new Error('The WAV file is cut off.');
  const told = body.readUInt16LE(0);
  const head = {
    coding: told === extensible && body.length >= 26 ? body.readUInt16LE(24) : told,
    channels: body.readUInt16LE(2),
    sampleRate: body.readUInt32LE(4),
    bits: body.readUInt16LE(14),
  };
  if (head.channels < 1 || head.channels > 8) throw new Error('The WAV file must have 1 to 8 channels.');
  if (head.sampleRate < lowestRate || head.sampleRate > highestRate) {
    throw new Error(`The WAV file must have ${lowestRate} to ${highestRate} samples a second.`);
  }
  return head;
}

/** All samples, of all channels in turn. */
function samplesOf(body: Buffer, { coding, bits }: WavHead): Int16Array {
  const read = (bytes: number, sampleAt: (at: number) => number) =>
    Int16Array.from({ length: Math.floor(body.length / bytes) }, (_, index) => sampleAt(index * bytes));
  if (coding === alaw && bits === 8) return decodeAlaw(body);
  if (coding === mulaw && bits === 8) return decodeMulaw(body);
  if (coding === float && bits === 32) {
    return read(4, (at) => Math.round(Math.max(-1, Math.min(1, body.readFloatLE(at))) * 32_767));
  }
  // Of more bits the upper 16 are heard; those of 8 are counted from 0.
  if (coding === pcm && bits === 8) return read(1, (at) => (body.readUInt8(at) - 128) * 256);
  if (coding === pcm && bits === 16) return read(2, (at) => body.readInt16LE(at));
  if (coding === pcm && bits === 24) return read(3, (at) => body.readInt16LE(at + 1));
  if (coding === pcm && bits === 32) return read(4, (at) => body.readInt16LE(at + 2));
  throw new Error('The WAV file must hold PCM of 8 to 32 bits, 32-bit floating point, mu-law or A-law.');
}

function mixed(samples: Int16Array, channels: number): Int16Array {
  if (channels === 1) return samples;
  return Int16Array.from({ length: Math.floor(samples.length / channels) }, (_, index) => {
    const together = samples.subarray(index * channels, (index + 1) * channels);
    return Math.round(together.reduce((sum, sample) => sum + sample, 0) / channels);
  });
}
