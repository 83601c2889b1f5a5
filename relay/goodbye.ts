/**
 * The end of a call the model decided on: the session ends once its goodbye has been heard, unless somebody speaks.
 *
 * Audio arrives faster than it plays, so "heard" is reckoned: the length of the goodbye's audio, counted from its
 * first piece (protocol reference, section 5). A client that can tell when it has played everything, a phone, is waited
 * for `heardGraceMs` longer than that.
 */
export type Goodbye =
  | { readonly name: 'none' }
  /** The tool has answered; the response that says goodbye has not begun. */
  | { readonly name: 'due' }
  | {
      readonly name: 'speaking';
      readonly responseId: string;
      readonly startedAtMs: number | null;
      readonly audioBytes: number;
    }
  /** All of it is sent and the rest of its playing time runs. */
  | { readonly name: 'playing' };

/** No end in sight. */
export const noGoodbye: Goodbye = { name: 'none' };

/** How much later than reckoned a client may say that the goodbye has been heard, in milliseconds. */
export const heardGraceMs = 2_000;

/** A response begins that may be the goodbye. */
export function beginGoodbye(goodbye: Goodbye, responseId: string): Goodbye {
  return goodbye.name === 'due' ? { name: 'speaking', responseId, startedAtMs: null, audioBytes: 0 } : goodbye;
}

/** Audio of a response goes to the client. `base64` is its encoded form. */
export function hearGoodbye(goodbye: Goodbye, responseId: unknown, base64: unknown, nowMs: number): Goodbye {
  if (goodbye.name !== 'speaking' || goodbye.responseId !== responseId || typeof base64 !== 'string') return goodbye;
  return {
    ...goodbye,
    startedAtMs: goodbye.startedAtMs ?? nowMs,
    audioBytes: goodbye.audioBytes + Buffer.byteLength(base64, 'base64'),
  };
}

/** How long the goodbye still plays, in milliseconds, never more than `maxMs`. */
export function remainingMs(
  goodbye: Extract<Goodbye, { name: 'speaking' }>,
  bytesPerMs: number,
  nowMs: number,
  maxMs: number,
): number {
  const playedMs = goodbye.startedAtMs === null ? 0 : nowMs - goodbye.startedAtMs;
  return Math.min(maxMs, Math.max(0, Math.ceil(goodbye.audioBytes / bytesPerMs) - playedMs));
}
