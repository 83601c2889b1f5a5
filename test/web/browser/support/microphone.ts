import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pcmOfWav } from '../../../../src/demo/wav';
import { type Closing } from '../../../pipeline/support/closing';

const rateHz = 24_000;
const bytesPerMs = (rateHz / 1_000) * 2;
const assets = join(__dirname, '../../../../assets');

/** One stretch of what a microphone hears: silence in milliseconds, or a recording from `assets`. */
export type Sound = number | 'booking' | 'details' | 'email' | 'goodbye';

/** A WAV file with one stretch after the other, for a browser's microphone; it is deleted after the test. */
export async function microphoneHearing(opened: Closing, ...sounds: readonly Sound[]): Promise<string> {
  const folder = opened.add(await mkdtemp(join(tmpdir(), 'relay-microphone-')), (made) =>
    rm(made, { recursive: true }),
  );
  const file = join(folder, 'microphone.wav');
  await writeFile(file, wavOf(Buffer.concat(await Promise.all(sounds.map(pcmOf)))));
  return file;
}

/** How long a recording is, in milliseconds. */
export async function lengthMs(sound: Sound): Promise<number> {
  return (await pcmOf(sound)).length / bytesPerMs;
}

async function pcmOf(sound: Sound): Promise<Buffer> {
  if (typeof sound === 'number') return Buffer.alloc(sound * bytesPerMs);
  return pcmOfWav(await readFile(join(assets, `${sound}.wav`)), rateHz);
}

/** 16-bit PCM, mono, with the head of a WAV file. */
function wavOf(pcm: Buffer): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}
