import { type PlayedFrames } from './play-queue';

/** What the page and the processors of the audio worklet are to each other. */
export const processors = { microphone: 'relay-microphone', speaker: 'relay-speaker' } as const;

/** What the microphone's processor is made with. */
export interface MicrophoneOptions {
  readonly frameMs: number;
}

/** What the speaker is told. */
export type ToSpeaker =
  { readonly kind: 'play'; readonly part: number; readonly samples: Float32Array } | { readonly kind: 'silence' };

/** What the speaker tells: how far it is, now and then; and what was played, when it has been silenced. */
export interface FromSpeaker {
  readonly kind: 'played' | 'silenced';
  readonly parts: readonly PlayedFrames[];
  /** Of what was played since it was last told. */
  readonly rms: number;
}
