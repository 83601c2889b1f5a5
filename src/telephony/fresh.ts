/** Seconds a signature is taken before and after its own time. */
export const signatureAgeS = 300;

/**
 * Whether the time a signature names, in Unix seconds, is near enough to now.
 *
 * @param nowMs The clock, in milliseconds since 1970.
 */
export function isFresh(timestamp: string, nowMs: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs / 1_000 - Number(timestamp)) <= signatureAgeS;
}
