/** A rate limit that holds two seconds' worth, so that a short burst passes and a steady excess does not. */
export class Allowance {
  private left: number;
  private filledAtMs: number;

  /** @param perSecond how many may pass a second in the long run. */
  constructor(
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.left = 2 * perSecond;
    this.filledAtMs = nowMs;
  }

  /** Takes one; false when none is left. */
  take(nowMs: number): boolean {
    if (this.left < 1) {
      const earned = ((nowMs - this.filledAtMs) / 1000) * this.perSecond;
      this.left = Math.min(2 * this.perSecond, this.left + earned);
      this.filledAtMs = nowMs;
    }
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
