/** How loud the root of a mean square (0 to 1) seems: 0 at -60 dB and below, 1 at 0 dB. */
export function levelOf(rms: number): number {
  if (rms <= 0) return 0;
  return Math.max(0, Math.min(1, 1 + Math.log10(rms) / 3));
}
