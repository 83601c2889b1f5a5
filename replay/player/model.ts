import type { AudioFormat } from '../recording/format';
import type { Expectation } from './expectation';
import type { IdsSeen } from './item-ids';
import type { Reached } from './milestone';
import type { Outline } from './outline';
import type { Script } from './script';
import type { Seen } from './seen';

/** How a script is played. */
export interface Manner {
  /** As many times as fast as it was recorded. */
  readonly speed: number;
  readonly expect: Expectation;
  /** How long a client waits for a milestone, in milliseconds. */
  readonly patienceMs: number;
}

/** A script and the way to play it. */
export interface Play extends Manner {
  readonly script: Script;
}

/** What happens to a client. Times are milliseconds of one monotonic clock. */
export type PlayEvent = { readonly atMs: number } & (
  | { readonly kind: 'opened' }
  /** The connection was not let in; `code` is such as `http_429`. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'received'; readonly seen: Seen }
  /** A time that was asked for has come; while connecting, that until which the connection had to be open. */
  | { readonly kind: 'woken' }
  /** The connection is gone; `cause` is the close frame's reason, or its code. */
  | { readonly kind: 'closed'; readonly cause: string }
  /** Whoever runs the client wants no more of it. */
  | { readonly kind: 'stopped' }
);

/** What a client does about it. */
export type Effect =
  /** To be sent now; it was due at `dueMs`. */
  | { readonly kind: 'send'; readonly frame: string; readonly dueMs: number }
  /** Wake the client then, and at no time asked for before. */
  | { readonly kind: 'wake'; readonly atMs: number }
  | { readonly kind: 'hang_up' }
  | { readonly kind: 'measured'; readonly measure: Measure; readonly ms: number }
  /** The server answered with an error event. */
  | { readonly kind: 'error'; readonly code: string }
  /** It is over. Nothing follows. */
  | { readonly kind: 'ended'; readonly outcome: Outcome };

/** What is measured of a session, in milliseconds. docs/load-testing.md says from when to when. */
export const measures = [
  'connect',
  'ready',
  'first_audio',
  'first_text',
  'stall',
  'round_trip',
  'ping',
  'tool_round',
  'lateness',
] as const;
export type Measure = (typeof measures)[number];

/** How a session went. */
export type Outcome =
  /** To the end of the script. `differences` from the recording that are not allowed: it failed if there are any. */
  | { readonly kind: 'completed'; readonly differences: readonly string[] }
  /** It broke off; `code` is such as `no_answer` or `closed_slow_client`. */
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'stopped' };

/** Where a client is in its script. */
export type PlayState =
  /** Since it was to begin. */
  { readonly name: 'connecting'; readonly sinceMs: number } | Playing | Leaving | { readonly name: 'over' };

export interface Playing {
  readonly name: 'playing';
  readonly startedMs: number;
  /** The place of the step that comes next. */
  readonly next: number;
  /** When the last step was due; the next one is counted from there. */
  readonly lastDueMs: number;
  readonly reached: Reached;
  /** How many more parts than recorded the answers so far came in; negative: fewer. */
  readonly extraParts: number;
  /** Since when the next step has only been waiting for its milestone. */
  readonly waitingSinceMs: number | undefined;
  readonly lastServerMs: number;
  readonly ids: IdsSeen;
  readonly outline: Outline;
  readonly turn: Turn;
  /** Commands without their acknowledgement, by what acknowledges them: when each was due. */
  readonly unacknowledged: Readonly<Record<Acknowledgement, readonly number[]>>;
  /** Audio sent so far, in milliseconds. */
  readonly audioMs: number;
  /** When the sound that has come of this answer will have been played. */
  readonly playedUntilMs: number | undefined;
  /** Silence within this answer because its audio came too late, in milliseconds. */
  readonly stallMs: number;
  /** How much sound of each item has come, in milliseconds. */
  readonly spokenMs: Readonly<Record<string, number>>;
  readonly outputFormat: AudioFormat;
  readonly busySinceMs: number | undefined;
}

/** What acknowledges a command. */
export type Acknowledgement = 'updated' | 'committed' | 'cleared' | 'item';

/** Whether somebody waits for an answer. */
export type Turn =
  | { readonly name: 'quiet' }
  /** An answer was asked for, or the user stopped speaking, at this time. */
  | { readonly name: 'asked'; readonly atMs: number }
  | { readonly name: 'answered' };

/** The script is played; the connection is still to be closed. */
export interface Leaving {
  readonly name: 'leaving';
  readonly outcome: Outcome;
}
