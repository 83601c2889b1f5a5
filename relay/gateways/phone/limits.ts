/** The bounds of one phone call's gateway. Every one has its default in `defaultPhoneLimits`. */
export interface PhoneLimits {
  /** From the start of the session, and again from the opening of the carrier's socket, until the stream has started. */
  readonly startMs: number;
  /** Audio of the caller kept until the session is ready, in milliseconds; the oldest is dropped. */
  readonly heldMs: number;
  /** Longest pause between digits that belong together, in milliseconds. */
  readonly digitsMs: number;
  /** Most digits collected before they are told without waiting for a pause. */
  readonly maxDigits: number;
  /** How long the caller may send nothing in the middle of an utterance before it is taken for silence, in milliseconds. */
  readonly quietMs: number;
  /** Most silence put in the place of audio that was not sent, at once, in milliseconds. */
  readonly silenceMs: number;
  /**
   * Most audio a carrier may send at once because it could not send it in time, in milliseconds, beyond what
   * `messagesPerSecond` allows anyway: some keep 40 s of it (telephony reference, section 5). A frame's timestamp may be
   * ahead of the clock by as much.
   */
  readonly burstMs: number;
  /** How long a frame that comes early waits for those before it, in milliseconds, of a carrier that keeps no order. */
  readonly reorderMs: number;
  /** How far a frame's timestamp may be behind the frame before it, in milliseconds. */
  readonly timestampSlackMs: number;
  /**
   * Most audio of the model's kept for a carrier that is as far ahead as it can take, in milliseconds. A response that goes on
   * beyond it is cut off there.
   */
  readonly waitingMs: number;
  /** Time between marks, and the longest piece of audio sent to a carrier at once, in milliseconds. */
  readonly markMs: number;
  /** How long after its audio should have ended a mark may stay out before it counts as lost, in milliseconds. */
  readonly markPatienceMs: number;
}

/** The defaults. */
export const defaultPhoneLimits: PhoneLimits = {
  startMs: 10_000,
  heldMs: 10_000,
  digitsMs: 1_500,
  maxDigits: 32,
  quietMs: 750,
  silenceMs: 10_000,
  burstMs: 60_000,
  reorderMs: 100,
  timestampSlackMs: 10_000,
  waitingMs: 120_000,
  markMs: 240,
  markPatienceMs: 10_000,
};
