import { type Mark } from './mark-name';
import { isWhole, type PlayedItem, type Playback } from './playback';
import { measureRoundTrip } from './round-trip';

/**
 * A mark has come back: everything up to it has been heard, on its way back. `marks` is how many that tells of: none where its
 * item was cut off or let go of.
 */
export function heardMark(playback: Playback, mark: Mark, nowMs: number): { playback: Playback; marks: number } {
  const before = playback.items.filter(({ number }) => number < mark.item);
  const open = before.filter(({ isDone }) => !isDone).map((each) => ({ ...each, heardMs: each.sentMs, marks: [] }));
  const item = playback.items.find(({ number }) => number === mark.item);
  const back = item?.marks.find(({ atMs }) => atMs === mark.atMs);
  if (item === undefined || back === undefined) return { playback, marks: 0 };
  const roundTrip = measureRoundTrip(playback.roundTrip, nowMs - back.soonestMs);
  const startsAtMs = Math.max(item.soonestStartMs, nowMs - (roundTrip.leastMs ?? 0) - mark.atMs);
  const left = item.marks.filter(({ atMs }) => atMs > mark.atMs);
  const heard = { ...item, marks: left, heardMs: mark.atMs, startsAtMs };
  const after = playback.items.filter(({ number }) => number > mark.item);
  let endsAtMs = startsAtMs + heard.sentMs;
  const moved = after.map((later) => {
    const beginsAtMs = Math.max(later.soonestStartMs, endsAtMs);
    endsAtMs = beginsAtMs + later.sentMs;
    return { ...later, startsAtMs: beginsAtMs };
  });
  const marks = outstanding(before) + item.marks.length - left.length;
  return { playback: { ...playback, items: [...open, heard, ...moved], endsAtMs, roundTrip }, marks };
}

/**
 * Lets go of items that are done and heard, and of those whose marks should long have come back. `lost` marks will not
 * be waited for.
 */
export function settle(
  playback: Playback,
  nowMs: number,
  { marks, patienceMs, lagMs }: { readonly marks: boolean; readonly patienceMs: number; readonly lagMs: number },
): { readonly playback: Playback; readonly lost: number } {
  const graceMs = marks ? patienceMs : lagMs;
  const isOver = (item: PlayedItem): boolean =>
    isWhole(item) && (item.heardMs >= item.sentMs || item.startsAtMs + item.sentMs + graceMs <= nowMs);
  if (!playback.items.some(isOver)) return { playback, lost: 0 };
  return {
    playback: { ...playback, items: playback.items.filter((item) => !isOver(item)) },
    lost: outstanding(playback.items.filter(isOver)),
  };
}

/** How many marks of these items have not come back. */
export function outstanding(items: readonly PlayedItem[]): number {
  return items.reduce((sum, { marks }) => sum + marks.length, 0);
}

/**
 * How much of an item will have been heard when what is sent now arrives, in milliseconds: by the clock, but at least up to the
 * last mark that came back, not so far beyond the next one that it should have come back too, and never more than was sent.
 */
export function heardMs({ roundTrip }: Playback, item: PlayedItem, nowMs: number, lagMs: number): number {
  const byClockMs = nowMs - item.startsAtMs - lagMs;
  const [next] = item.marks;
  const atMostMs = next === undefined ? item.sentMs : next.atMs + (roundTrip.leastMs ?? 0);
  return Math.max(item.heardMs, Math.floor(Math.min(byClockMs, atMostMs, item.sentMs)));
}
