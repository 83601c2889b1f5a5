import { type CarrierAudio } from '../dialect';

/**
 * Brings frames into the order in which they were said, of a carrier that does not keep it (telephony reference, section
 * 4). A frame that comes early waits for those before it, but not for long: one that is missing is soon given up.
 */
export interface FrameOrder {
  /** The next frame to be passed on; null before the first. */
  readonly next: number | null;
  /** Frames that came early, by their number, rising. */
  readonly early: readonly NumberedFrame[];
}

/** A frame that says which it is. */
export interface NumberedFrame extends CarrierAudio {
  readonly chunk: number;
}

/** What can be passed on now. */
export interface Ordered {
  readonly order: FrameOrder;
  readonly ready: readonly NumberedFrame[];
  /** The frame came twice, or after it was given up. */
  readonly isLate: boolean;
}

/** No frame has come. */
export const noFrames: FrameOrder = { next: null, early: [] };

/** Takes a frame. As soon as more than `mostEarly` wait for one before them, that is given up. */
export function takeInOrder(order: FrameOrder, frame: NumberedFrame, mostEarly: number): Ordered {
  const { next, early } = order;
  const behind = next === null ? 0 : next - frame.chunk;
  // So far behind, it is not late: the carrier counts anew.
  if (next === null || behind > farBehind) return release({ next: frame.chunk, early: [frame] });
  if (behind > 0 || early.some(({ chunk }) => chunk === frame.chunk)) return { order, ready: [], isLate: true };
  const place = early.findLastIndex(({ chunk }) => chunk < frame.chunk) + 1;
  const waiting = [...early.slice(0, place), frame, ...early.slice(place)];
  const [first = frame] = waiting;
  return release({ next: waiting.length > mostEarly ? first.chunk : next, early: waiting });
}

/** Waits no longer for what is missing: everything that came early is passed on. */
export function giveUpMissing({ next, early }: FrameOrder): Ordered {
  const last = early.at(-1);
  return { order: { next: last === undefined ? next : last.chunk + 1, early: [] }, ready: early, isLate: false };
}

/** Frames, more than any carrier keeps back: ten seconds of them. */
const farBehind = 500;

/** Passes on what follows without a gap. */
function release({ next, early }: { readonly next: number; readonly early: readonly NumberedFrame[] }): Ordered {
  const gap = early.findIndex(({ chunk }, index) => chunk !== next + index);
  const count = gap === -1 ? early.length : gap;
  return { order: { next: next + count, early: early.slice(count) }, ready: early.slice(0, count), isLate: false };
}
