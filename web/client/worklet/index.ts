import { createFramer } from '../audio/framer';
import { type FromSpeaker, type MicrophoneOptions, processors, type ToSpeaker } from '../audio/messages';
import { sessionHz } from '../audio/pcm';
import { PlayQueue } from '../audio/play-queue';
import { createResampler } from '../audio/resampler';
import { scope } from './scope';

/** Hears: cuts what the microphone gives into frames of the session's audio. */
class Microphone extends scope.AudioWorkletProcessor {
  private readonly resample = createResampler(scope.sampleRate, sessionHz);
  private readonly cut: ReturnType<typeof createFramer>;

  constructor({ processorOptions }: { readonly processorOptions: unknown }) {
    super();
    // A cast, because options come through a door without types.
    const { frameMs } = processorOptions as MicrophoneOptions;
    this.cut = createFramer(Math.round((sessionHz / 1_000) * frameMs));
  }

  process([input]: readonly Float32Array[][]): boolean {
    const [samples] = input ?? [];
    if (samples === undefined) return true;
    for (const frame of this.cut(this.resample(samples))) this.port.postMessage(frame, [frame.samples.buffer]);
    return true;
  }
}

/** Speaks: plays what it is given, and tells how far it is. */
class Speaker extends scope.AudioWorkletProcessor {
  private readonly queue = new PlayQueue((scope.sampleRate * leadMs) / 1_000, (scope.sampleRate * fadeMs) / 1_000);
  private squares = 0;
  private frames = 0;
  private isQuiet = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToSpeaker>) => {
      if (data.kind === 'play') this.queue.push(data.part, data.samples);
      else this.tell('silenced');
    };
  }

  process(_inputs: readonly Float32Array[][], [output]: readonly Float32Array[][]): boolean {
    const [samples] = output ?? [];
    if (samples === undefined || this.queue.isEmpty()) return true;
    this.queue.pull(samples);
    for (const sample of samples) this.squares += sample * sample;
    this.frames += samples.length;
    // The beginning at once, for that is when the answer is heard; and the end.
    const isBeginning = this.isQuiet && this.queue.hasNews();
    const isEnd = this.queue.isEmpty();
    if (isBeginning || isEnd || this.frames >= (scope.sampleRate * tellMs) / 1_000) this.tell('played');
    if (isBeginning || isEnd) this.isQuiet = isEnd;
    return true;
  }

  private tell(kind: FromSpeaker['kind']): void {
    const parts = kind === 'silenced' ? this.queue.silence() : this.queue.report();
    const message: FromSpeaker = { kind, parts, rms: this.frames === 0 ? 0 : Math.sqrt(this.squares / this.frames) };
    this.port.postMessage(message);
    this.squares = 0;
    this.frames = 0;
  }
}

const leadMs = 40;
const fadeMs = 5;
const tellMs = 40;

scope.registerProcessor(processors.microphone, Microphone);
scope.registerProcessor(processors.speaker, Speaker);
