/** Minutes and seconds, such as `3:07`. */
export function asClock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Seconds with one digit after the point, such as `0.6 s`. */
export const asSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** The value in the middle; undefined where there is none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return below === undefined || above === undefined ? undefined : (below + above) / 2;
}
