import { type AudioFormat, codecOf, speak } from '../../../simulator';
import type { Client } from './client';

export const PCM: AudioFormat = { type: 'audio/pcm', rate: 24000 };
export const MULAW: AudioFormat = { type: 'audio/pcmu' };
export const ALAW: AudioFormat = { type: 'audio/pcma' };

/** Real sound of about the length of the words. */
export function speech(words: string, format: AudioFormat = PCM): Buffer {
  return Buffer.concat(speak(words, format).map(({ bytes }) => bytes));
}

/** Appends audio in frames of 20 ms, as a phone does. */
export function append(client: Client, audio: Buffer, format: AudioFormat = PCM): void {
  const size = 20 * codecOf(format).bytesPerMs;
  for (let at = 0; at < audio.length; at += size) {
    client.send({ type: 'input_audio_buffer.append', audio: audio.subarray(at, at + size).toString('base64') });
  }
}

/** Silence, words, silence: a turn that the server's voice detection ends. */
export function appendTurn(client: Client, words: string, format: AudioFormat = PCM): void {
  const codec = codecOf(format);
  append(client, Buffer.concat([codec.silence(600), speech(words, format), codec.silence(800)]), format);
}
