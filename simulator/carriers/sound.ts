import { decodeAlaw, decodeMulaw } from '../audio/g711';
import { speak } from '../speech/voice';
import { decode, encode, type WireFormat } from './wire-format';

/** Something to be said into a phone: 16-bit samples, mono. */
export interface Sound {
  readonly samples: Int16Array;
  /** In hertz. */
  readonly sampleRate: number;
}

/** Sound with the rhythm of the words, in which none can be understood. */
export function soundOfWords(words: string): Sound {
  const bytes = Buffer.concat(speak(words, { type: 'audio/pcm', rate: 24000 }).map((delta) => delta.bytes));
  return { samples: decode(bytes, { encoding: 'l16', sampleRate: 24000 }), sampleRate: 24000 };
}

/** A file of nothing but samples in a carrier's format. */
export function soundOfRaw(file: Buffer, format: WireFormat): Sound {
  return { samples: decode(file, format), sampleRate: format.sampleRate };
}

/**
 * A WAV file: 16-bit PCM, mu-law or A-law, mono, of any rate.
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
      return { samples: samplesOf(body, head), sampleRate: head.sampleRate };
    }
    // Chunks start at even places.
    at += 8 + size + (size % 2);
  }
  throw new Error('The WAV file holds no samples.');
}

/** A sound as a carrier's bytes, at the carrier's rate. */
export function soundBytes(sound: Sound, format: WireFormat): Buffer {
  return encode(resample(sound, format.sampleRate), format);
}

interface WavHead {
  readonly coding: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

function headOf(body: Buffer): WavHead {
  if (body.length < 16) throw new Error('The WAV file is cut off.');
  return {
    coding: body.readUInt16LE(0),
    channels: body.readUInt16LE(2),
    sampleRate: body.readUInt32LE(4),
    bits: body.readUInt16LE(14),
  };
}

function samplesOf(body: Buffer, { coding, channels, bits }: WavHead): Int16Array {
  if (channels === 1 && coding === 1 && bits === 16) return decode(body, { encoding: 'l16', sampleRate: 8000 });
  if (channels === 1 && coding === 6 && bits === 8) return decodeAlaw(body);
  if (channels === 1 && coding === 7 && bits === 8) return decodeMulaw(body);
  throw new Error('The WAV file must hold 16-bit PCM, mu-law or A-law, mono.');
}

/** Crossings of zero of the filter, to each side: enough for speech, and the whole sound is there at once. */
const FILTER_CROSSINGS = 16;

/** By a windowed sinc at each new sample: slow, plain, and exact enough for a caller's voice. */
function resample({ samples, sampleRate }: Sound, rate: number): Int16Array {
  if (rate === sampleRate) return samples;
  const cutoff = Math.min(1, rate / sampleRate);
  const reach = FILTER_CROSSINGS / cutoff;
  return Int16Array.from({ length: Math.floor((samples.length * rate) / sampleRate) }, (_, index) => {
    const centre = (index * sampleRate) / rate;
    let sum = 0;
    for (let at = Math.ceil(centre - reach); at <= centre + reach; at += 1) {
      const distance = at - centre;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
      sum += (samples[at] ?? 0) * cutoff * sinc(distance * cutoff) * window;
    }
    return Math.max(-32768, Math.min(32767, Math.round(sum)));
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
