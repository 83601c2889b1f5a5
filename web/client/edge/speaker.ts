import { type FromSpeaker, processors, type ToSpeaker } from '../audio/messages';
import { decodePcm, sessionHz } from '../audio/pcm';
import { createResampler } from '../audio/resampler';
import { type PlayedSoFar } from '../core/playback';

/** What a speaker tells. */
export interface SpeakerEvents {
  /** How far it is, and how many milliseconds later that is at the ear. */
  readonly onPlayed: (report: readonly PlayedSoFar[], latencyMs: number) => void;
  /** It has been silenced; all that was played. */
  readonly onSilenced: (report: readonly PlayedSoFar[]) => void;
  /** Root of the mean square of what is played. */
  readonly onLevel: (rms: number) => void;
}

/** Plays what it is given in order, and knows what was played. */
export class Speaker {
  private readonly node: AudioWorkletNode;
  private readonly resample;
  /** Frames handed over, by part; a part that is over is forgotten. */
  private readonly given = new Map<number, number>();
  /** One for each silence that has not been answered. */
  private readonly waiting: ReturnType<typeof setTimeout>[] = [];

  /** @param context One with the worklet loaded. */
  constructor(
    private readonly context: AudioContext,
    private readonly events: SpeakerEvents,
  ) {
    this.node = new AudioWorkletNode(context, processors.speaker, { numberOfInputs: 0, outputChannelCount: [1] });
    this.resample = createResampler(sessionHz, context.sampleRate);
    this.node.port.onmessage = ({ data }: MessageEvent<FromSpeaker>) => this.hear(data);
    this.node.connect(context.destination);
  }

  play(part: number, base64: string): void {
    const samples = this.resample(decodePcm(base64));
    this.given.set(part, (this.given.get(part) ?? 0) + samples.length);
    this.tell({ kind: 'play', part, samples }, [samples.buffer]);
  }

  /** At once; answered by `onSilenced`. */
  silence(): void {
    this.tell({ kind: 'silence' }, []);
    // Audio that is not running plays nothing and answers nothing: what was told last is all that was heard.
    const withinMs = this.context.state === 'running' ? answersWithinMs : stoppedAnswersWithinMs;
    this.waiting.push(setTimeout(() => this.answer([]), withinMs));
  }

  close(): void {
    for (const timer of this.waiting) clearTimeout(timer);
    this.node.port.onmessage = null;
    this.node.disconnect();
  }

  private tell(message: ToSpeaker, transfer: Transferable[]): void {
    this.node.port.postMessage(message, transfer);
  }

  private hear({ kind, parts, rms }: FromSpeaker): void {
    const report = parts.map(({ part, frames }) => {
      const playedMs = (frames / this.context.sampleRate) * 1_000;
      return { part, playedMs, isAll: frames >= (this.given.get(part) ?? 0) };
    });
    const current = Math.max(...report.map(({ part }) => part));
    for (const part of this.given.keys()) if (part < current) this.given.delete(part);
    this.events.onLevel(rms);
    if (kind === 'silenced') this.answer(report);
    else this.events.onPlayed(report, outputLatencyMs(this.context));
  }

  /** Answers the first silence that waits for it; what comes too late is left out. */
  private answer(report: readonly PlayedSoFar[]): void {
    if (this.waiting.length === 0) return;
    clearTimeout(this.waiting.shift());
    this.events.onSilenced(report);
  }
}

/** A busy machine may take its time; until it answers, it plays on. */
const answersWithinMs = 2_000;
const stoppedAnswersWithinMs = 250;

/** From the worklet to the ear: browsers that do not know it say 0 or nothing. */
function outputLatencyMs({ baseLatency, outputLatency }: Partial<AudioContext>): number {
  return ((baseLatency ?? 0) + (outputLatency ?? 0)) * 1_000;
}
