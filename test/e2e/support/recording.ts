import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pcmOfWav } from '../../../src/demo/wav';

/** Of 16-bit PCM at 24 kHz. */
export const bytesPerMs = 48;
const chunkMs = 100;

/** A recording of a person who speaks, 16-bit PCM at 24 kHz, and what is said in it. */
export const recording = {
  pcm: pcmOfWav(readFileSync(join(__dirname, '../../../assets/booking.wav')), 24_000),
  words: 'I’d like to book an appointment, please.',
};

/** Nothing to be heard for so many milliseconds. */
export const silence = (ms: number): Buffer => Buffer.alloc(ms * bytesPerMs);

/** The recording and enough silence for its end to be noticed. */
export const spokenTurn = Buffer.concat([recording.pcm, silence(800)]);

/** A turn in two parts: by the end of the first somebody is surely speaking, and still is. */
export const turnInTwo = [spokenTurn.subarray(0, 1_500 * bytesPerMs), spokenTurn.subarray(1_500 * bytesPerMs)] as const;

/** Audio in pieces as a microphone gives them. */
export function* pieces(pcm: Buffer): Generator<Buffer> {
  const size = chunkMs * bytesPerMs;
  for (let at = 0; at < pcm.length; at += size) yield pcm.subarray(at, at + size);
}

/** The same as events for the relay. */
export function* appends(pcm: Buffer): Generator<{ type: 'input_audio_buffer.append'; audio: string }> {
  for (const piece of pieces(pcm)) yield { type: 'input_audio_buffer.append', audio: piece.toString('base64') };
}
