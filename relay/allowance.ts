/** A rate limit that lets a burst pass and not a steady excess. */
export class Allowance {
  private left: number;
  private filledAtMs: number;

  /**
   * @param perSecond how many may pass a second in the long run.
   * @param atOnce how many may pass at once; two seconds' worth unless told otherwise.
   */
  constructor(
    private readonly perSecond: number,
    nowMs: number,
    private readonly atOnce: number = 2 * perSecond,
  ) {
    this.left = atOnce;
    this.filledAtMs = nowMs;
  }

  /** Takes one; false when none is left. */
  take(nowMs: number): boolean {
    if (this.left < 1) {
      const earned = ((nowMs - this.filledAtMs) / 1000) * this.perSecond;
      this.left = Math.min(this.atOnce, this.left + earned);
      this.filledAtMs = nowMs;
    }
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
