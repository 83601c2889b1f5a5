/** Most attempts after the first. */
export const maxRetries = 2;

/** Bounds of the pause before a retry, in milliseconds. */
const minPauseMs = 100;
const maxPauseMs = 400;

/** A random pause of 100 to 400 ms, so that many callers do not come back at once. */
export function pauseMs(random: () => number): number {
  return minPauseMs + random() * (maxPauseMs - minPauseMs);
}

/**
 * How long a `Retry-After` header asks to wait, in milliseconds; it is either seconds or an HTTP date (RFC 9110,
 * section 10.2.3). Undefined where it is missing or unreadable.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  // `Date.parse` reads much that is no HTTP date.
  const atMs = httpDate.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** In the form that is to be written (RFC 9110, section 5.6.7); the older two have died out. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
