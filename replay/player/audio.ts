import { codecOf, type Codec } from '../../simulator/audio/format';
import { type AudioFormat, audioBytesPerMs } from '../recording/format';

/** Where a voice is heard, in milliseconds of the audio that was sent. */
export interface SpokenSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long so many bytes of a format sound, in milliseconds. */
export function audioMsOf(bytes: number, format: AudioFormat): number {
  return bytes / audioBytesPerMs(format);
}

/** The event by which a client sends audio, as JSON. @param audio in base64. */
export function appendFrame(audio: string): string {
  return JSON.stringify({ type: appendType, audio });
}

/** The `type` of that event. */
export const appendType = 'input_audio_buffer.append';

/**
 * A frame of audio of a given length for what a recording did not keep: noise as loud as a voice where somebody spoke, so that
 * the end of a turn is noticed as it was, and silence elsewhere.
 *
 * @param isVoice whether it is spoken.
 */
export function standInFrame(lengthMs: number, isVoice: boolean, format: AudioFormat): string {
  const key = `${format.type} ${Math.round(lengthMs)} ${isVoice}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const codec = codecFor(format);
  const audio = isVoice ? noise(lengthMs, codec) : codec.silence(lengthMs);
  const frame = appendFrame(audio.toString('base64'));
  if (made.size < maxKnown) made.set(key, frame);
  return frame;
}

/** How audio of a format is made; the API knows one rate of each (protocol reference, section 3.3). */
export function codecFor({ type }: AudioFormat): Codec {
  return codecOf(type === 'audio/pcm' ? { type, rate: 24_000 } : { type });
}

/** Frames of a recording are mostly of one length; they need not be made again and again. */
const made = new Map<string, string>();
const maxKnown = 256;

/** About as loud as speech. */
const loudness = 6_000;

/** The same in every session, so that two runs are alike. */
function noise(lengthMs: number, codec: Codec): Buffer {
  let seed = 1;
  const samples = Int16Array.from({ length: Math.round((lengthMs * codec.sampleRate) / 1_000) }, () => {
    // A linear congruential generator: plain, quick, and good enough for noise.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return ((seed / 2 ** 32) * 2 - 1) * loudness;
  });
  return codec.encode(samples);
}
