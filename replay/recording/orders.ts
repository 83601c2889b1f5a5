import type { RecordingHeader } from './format';

/** What the thread that writes recordings is told, in order. Recordings are known by numbers. */
export type Order =
  | { readonly kind: 'open'; readonly recording: number; readonly plan: RecordingPlan }
  /** A batch: `bytes` of its block are messages. */
  | { readonly kind: 'write'; readonly block: ArrayBuffer; readonly bytes: number }
  | { readonly kind: 'end'; readonly recording: number; readonly t: number; readonly cause: string }
  | { readonly kind: 'cut'; readonly recording: number; readonly t: number; readonly why: CutReason }
  /** Nothing more will come. */
  | { readonly kind: 'close' };

/** What it tells. */
export type Report =
  /** An order has been dealt with that took so many bytes of the queue. */
  | { readonly kind: 'done'; readonly queuedBytes: number }
  /** The file of a recording is closed. */
  | { readonly kind: 'closed'; readonly recording: number; readonly ending: RecordingEnding }
  /** No room is left for recordings in a directory, or there is some again. */
  | { readonly kind: 'room'; readonly directory: string; readonly isFull: boolean };

/** What an order to open a recording takes of the queue, in bytes: about what it takes of memory. */
export const openOrderBytes = 1_024;

/** A file that is to be made. */
export interface RecordingPlan {
  readonly file: string;
  readonly header: RecordingHeader;
  /** How large the file may grow, in bytes. */
  readonly maxBytes: number;
}

/** How a recording was left. */
export type RecordingEnding = { readonly kind: 'whole' } | Cut;

/** A recording ended before its session; `code` is the system's, where that was the reason. */
export interface Cut {
  readonly kind: 'cut';
  readonly why: CutReason;
  readonly code: string | null;
}

/**
 * Why a recording ends before its session: it grew too large; messages came faster than they could be written; no room is
 * left in its directory; the disk is full; the file cannot be made or written; the thread that writes has failed, and then
 * there is no `cut` line.
 */
export const cutReasons = ['too_large', 'too_slow', 'no_room', 'disk_full', 'write_failed', 'writer_failed'] as const;
export type CutReason = (typeof cutReasons)[number];
