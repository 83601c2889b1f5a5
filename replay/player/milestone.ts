import type { Seen } from './seen';

/**
 * What a client waits for before it goes on: the connection, the session, settings taken, an answer that begins, an answer
 * that ends. Everything else a server says comes by the way.
 */
export const milestoneKinds = ['opened', 'created', 'updated', 'began', 'answered'] as const;
export type MilestoneKind = (typeof milestoneKinds)[number];

/** The so-manieth of its kind in the session, counted from 1. */
export interface Milestone {
  readonly kind: MilestoneKind;
  readonly count: number;
}

/** The kind of milestone an event is, if it is one. */
export function milestoneOf({ kind }: Seen): MilestoneKind | undefined {
  switch (kind) {
    case 'created':
    case 'updated':
    case 'began':
    case 'answered':
      return kind;
    default:
      return undefined;
  }
}

/** When the milestones of each kind were reached, in order, in milliseconds of one clock. */
export type Reached = Readonly<Record<MilestoneKind, readonly number[]>>;

export const nothingReached: Reached = { opened: [], created: [], updated: [], began: [], answered: [] };

export function reach(reached: Reached, kind: MilestoneKind, atMs: number): Reached {
  return { ...reached, [kind]: [...reached[kind], atMs] };
}

/**
 * When a milestone was reached; undefined if it was not yet. An answer that was given in more parts than were recorded ends with
 * the last of them.
 *
 * @param extraParts how many more parts than recorded the answers before it came in.
 */
export function whenReached(reached: Reached, { kind, count }: Milestone, extraParts: number): number | undefined {
  const isPart = kind === 'began' || kind === 'answered';
  const atMs = reached[kind][count - 1 + (isPart ? extraParts : 0)];
  if (kind !== 'answered' || atMs === undefined) return atMs;
  return isAnswering(reached) ? undefined : reached.answered.at(-1);
}

/** Whether an answer has begun and not ended. */
export function isAnswering({ began, answered }: Reached): boolean {
  return began.length > answered.length;
}

/** As if a milestone had been reached. A part of an answer that is not waited for any more has begun and ended, for all we care. */
export function passOver(reached: Reached, kind: MilestoneKind, atMs: number): Reached {
  if (kind !== 'began' && kind !== 'answered') return reach(reached, kind, atMs);
  return reach(reach(reached, 'began', atMs), 'answered', atMs);
}
