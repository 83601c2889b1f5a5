import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, type Page } from 'playwright-core';

/** What came out of a page's speakers. */
export interface Heard {
  readonly rateHz: number;
  /** From -1 to 1, from the moment the page first connected something to its speakers. */
  readonly samples: readonly number[];
}

/** Puts what records into the folder of a built page: it has to come from the page's own origin, as its policy demands. */
export const addRecorder = (pageFolder: string): Promise<void> =>
  writeFile(join(pageFolder, recorderFile), recorderSource);

/** Has every page of this user keep what comes out of its speakers; to be called before the page is opened. */
export async function recordSpeakers(user: BrowserContext): Promise<void> {
  await user.addInitScript(tapSpeakers, recorderFile);
}

/** What has come out so far. */
export async function heardBy(page: Page): Promise<Heard> {
  const { rateHz, pcm } = await page.evaluate(() => {
    const { rateHz: rate, chunks } = window.recordedSpeakers;
    return { rateHz: rate, pcm: chunks.flatMap((chunk) => Array.from(chunk, (sample) => Math.round(sample * 32_767))) };
  });
  return { rateHz, samples: pcm.map((sample) => sample / 32_767) };
}

/** Resolves when something could be heard. */
export async function somethingHeard(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    window.recordedSpeakers.chunks.some((chunk) => chunk.some((sample) => sample !== 0)),
  );
}

/** How long there was something to be heard, in milliseconds: without pauses, and without gaps where a busy machine played nothing. */
export function audibleMs({ rateHz, samples }: Heard): number {
  return (samples.filter(isAudible).length / rateHz) * 1_000;
}

const isAudible = (sample: number) => Math.abs(sample) > 0.001;

declare global {
  interface Window {
    recordedSpeakers: { rateHz: number; readonly chunks: Float32Array[] };
  }
}

const recorderFile = 'recorder-of-the-test.js';

const recorderSource = `
  const size = 2048;
  registerProcessor('recorder', class extends AudioWorkletProcessor {
    chunk = new Float32Array(size);
    filled = 0;
    process([[channel]]) {
      if (channel) this.chunk.set(channel, this.filled);
      this.filled += 128;
      if (this.filled < size) return true;
      this.port.postMessage(this.chunk);
      this.chunk = new Float32Array(size);
      this.filled = 0;
      return true;
    }
  });
`;

/** Runs in a page before its own scripts: whatever is connected to the speakers is connected to a recorder as well. */
function tapSpeakers(file: string): void {
  window.recordedSpeakers = { rateHz: 0, chunks: [] };
  const recorders = new WeakMap<BaseAudioContext, Promise<AudioNode>>();
  const connect = Reflect.get(AudioNode.prototype, 'connect') as (this: AudioNode, ...to: unknown[]) => AudioNode;

  const recorderIn = (context: BaseAudioContext): Promise<AudioNode> => {
    const known = recorders.get(context);
    if (known) return known;
    const made = context.audioWorklet.addModule(`/${file}`).then(() => {
      const recorder = new AudioWorkletNode(context, 'recorder');
      window.recordedSpeakers.rateHz = context.sampleRate;
      recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => window.recordedSpeakers.chunks.push(data);
      // Only what leads to the speakers is asked for sound; the recorder itself adds silence.
      connect.call(recorder, context.destination);
      return recorder;
    });
    recorders.set(context, made);
    return made;
  };

  AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
    const [target] = to;
    if (target instanceof AudioDestinationNode) {
      // A page that is done with its audio before the recorder has come leaves nothing to record.
      recorderIn(target.context).then(
        (recorder) => connect.call(this, recorder),
        () => undefined,
      );
    }
    return connect.apply(this, to);
  };
}
