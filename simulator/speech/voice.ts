import { LRUCache } from 'lru-cache';
import { codecOf } from '../audio/format';
import type { AudioFormat } from '../protocol/session-object';

/** Milliseconds of audio in one delta (protocol reference, section 7: about 250 to 275). */
export const DELTA_MS = 250;

/** A delta of speech: its bytes in the session's format, and as they go on the wire. */
export interface SpokenDelta {
  readonly bytes: Buffer;
  readonly base64: string;
  readonly ms: number;
}

/**
 * Speaks a text: one syllable-like sound for every letter group, with gaps between words. No words can be understood in
 * it, but it is real audio: it has the length, rhythm and energy of speech, differs from text to text, and is always the
 * same for the same one.
 */
export function speak(text: string, format: AudioFormat): readonly SpokenDelta[] {
  const key = `${format.type} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const codec = codecOf(format);
  const bytes = codec.encode(synthesise(text, codec.sampleRate));
  const size = DELTA_MS * codec.bytesPerMs;
  const deltas: SpokenDelta[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    deltas.push({ bytes: piece, base64: piece.toString('base64'), ms: piece.length / codec.bytesPerMs });
  }
  cache.set(key, deltas);
  return deltas;
}

/** Under load many sessions say the same thing; rendering it once keeps the simulator out of what is measured. */
const cache = new LRUCache<string, readonly SpokenDelta[]>({ max: 200 });

const LETTER_MS = 60;
const GAP_MS = 90;

/** About -17 dBFS: well above any voice detector's threshold, well below clipping. */
const AMPLITUDE = 6500;

/** The two lowest resonances of five vowels, in hertz; what makes one vowel sound unlike another. */
const FORMANTS: Record<string, readonly [number, number]> = {
  a: [730, 1090],
  e: [530, 1840],
  i: [270, 2290],
  o: [570, 840],
  u: [300, 870],
};

function synthesise(text: string, sampleRate: number): Int16Array {
  const letters = Array.from(text.toLowerCase());
  const samples = new Int16Array(
    letters.reduce((total, letter) => total + Math.round((durationMs(letter) * sampleRate) / 1000), 0),
  );
  let at = 0;
  let formants: readonly [number, number] = FORMANTS['a'] ?? [730, 1090];
  letters.forEach((letter, index) => {
    const length = Math.round((durationMs(letter) * sampleRate) / 1000);
    formants = FORMANTS[letter] ?? formants;
    if (isVoiced(letter))
      voiceLetter(samples, { at, length, sampleRate, formants, pitchHz: 110 + 15 * Math.sin(index / 3) });
    at += length;
  });
  return samples;
}

function durationMs(letter: string): number {
  return isVoiced(letter) ? LETTER_MS : GAP_MS;
}

function isVoiced(letter: string): boolean {
  return /[\p{L}\p{N}]/u.test(letter);
}

interface Sound {
  at: number;
  length: number;
  sampleRate: number;
  formants: readonly [number, number];
  pitchHz: number;
}

/** A fundamental and two resonances, faded in and out so that letters do not click. */
function voiceLetter(samples: Int16Array, { at, length, sampleRate, formants, pitchHz }: Sound): void {
  const [first, second] = formants;
  for (let index = 0; index < length; index += 1) {
    const seconds = (at + index) / sampleRate;
    const wave =
      0.5 * Math.sin(2 * Math.PI * pitchHz * seconds) +
      0.3 * Math.sin(2 * Math.PI * first * seconds) +
      0.2 * Math.sin(2 * Math.PI * second * seconds);
    const envelope = 0.35 + 0.65 * Math.sin((Math.PI * index) / length);
    samples[at + index] = Math.round(AMPLITUDE * envelope * wave);
  }
}
