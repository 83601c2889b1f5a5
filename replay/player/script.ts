import type { AudioFormat, RecordedEvent } from '../recording/format';
import type { IdPlaces } from './item-ids';
import type { Milestone } from './milestone';
import type { Outline } from './outline';

/** One session as a client will play it: what it says, and what it waits for before it does. */
export interface Script {
  /** What it is called in reports, such as the file's name. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** What came back when it was recorded. */
  readonly outline: Outline;
  /** Whose the ids are that the client names. */
  readonly places: IdPlaces;
  /** How long it took when it was recorded, in milliseconds. */
  readonly lengthMs: number;
  readonly standIns: StandIns;
}

/** What is played in place of something that was not kept. */
export interface StandIns {
  /** Frames of audio that are noise or silence of the length that was recorded. */
  readonly frames: number;
  /** Texts made of other words of the same length. */
  readonly texts: number;
  /** Events that cannot be replayed, because nobody knows what they were. */
  readonly leftOut: number;
}

/** What a client does, in order. */
export type Step = AudioStep | EventStep | EndStep;

interface Timed {
  /** The last milestone that had been reached when it was done. */
  readonly after: Milestone;
  /** How long after that milestone, in milliseconds. */
  readonly delayMs: number;
  /** How long after the step before, in milliseconds. */
  readonly gapMs: number;
}

/** A frame of the caller's voice. */
export interface AudioStep extends Timed {
  readonly kind: 'audio';
  /** The event as JSON. */
  readonly frame: string;
  readonly lengthMs: number;
  /** Whether it goes on with the audio before it: then the microphone stays open while the client waits. */
  readonly continues: boolean;
  /** An event as JSON with silence, for the time of waiting, and how long that is: as the frame, or longer. */
  readonly silence: string;
  readonly silenceMs: number;
  readonly format: AudioFormat;
}

/** Any other event. */
export interface EventStep extends Timed {
  readonly kind: 'event';
  readonly event: RecordedEvent;
}

/** The session's end: the client leaves, or waits for the server to end it. */
export interface EndStep extends Timed {
  readonly kind: 'end';
  readonly by: 'client' | 'server';
}
