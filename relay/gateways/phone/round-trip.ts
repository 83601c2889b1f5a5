/**
 * How long it takes to the carrier and back: when a mark comes back the caller is further on by the way it took, and will be
 * further on still when a clear arrives there. Nothing tells the two ways apart, and nothing has to.
 */
export interface RoundTrip {
  /** When a mark was sent while nothing played, to be answered at once; null when none is out. */
  readonly askedAtMs: number | null;
  /** The least that it took, in milliseconds: what more a mark took it waited somewhere. Null before any came back. */
  readonly leastMs: number | null;
}

/** Nothing is known. */
export const unknownRoundTrip: RoundTrip = { askedAtMs: null, leastMs: null };

/** A mark is sent while nothing plays. */
export function askRoundTrip(roundTrip: RoundTrip, nowMs: number): RoundTrip {
  return { ...roundTrip, askedAtMs: nowMs };
}

/** It has come back. */
export function roundTripAnswered(roundTrip: RoundTrip, nowMs: number): RoundTrip {
  const { askedAtMs } = roundTrip;
  return askedAtMs === null ? roundTrip : { ...measureRoundTrip(roundTrip, nowMs - askedAtMs), askedAtMs: null };
}

/** A mark came back so long after it could have been reached at the soonest; one that came back earlier tells nothing of the way. */
export function measureRoundTrip(roundTrip: RoundTrip, tookMs: number): RoundTrip {
  return tookMs < 0 ? roundTrip : { ...roundTrip, leastMs: Math.min(roundTrip.leastMs ?? Infinity, tookMs) };
}
