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
 */
export function whenReached(reached: Reached, { kind, count }: Milestone): number | undefined {
  const atMs = reached[kind][count - 1];
  if (kind !== 'answered' || atMs === undefined) return atMs;
  return reached.began.length > reached.answered.length ? undefined : reached.answered.at(-1);
}
