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

/** A sound as a carrier's bytes, at the carrier's rate. */
export function soundBytes(sound: Sound, format: WireFormat): Buffer {
  return encode(resample(sound, format.sampleRate), format);
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
