/** What the SQLite store and its worker thread say to each other. */
import { type Command, type AnswerTo } from './command';
import { type StoreOpenCode, type UnavailableReason } from './errors';
import { type IntentKey, type IntentRecord } from './record';
import { type IntentCounts, type Sweep, type SweepReport } from './store';

/** One operation. The time comes with it, so that there is one clock. */
export type DatabaseRequest =
  | { readonly op: 'apply'; readonly command: Command; readonly nowMs: number }
  | { readonly op: 'get'; readonly key: IntentKey }
  | { readonly op: 'sweep'; readonly sweep: Sweep; readonly nowMs: number }
  | { readonly op: 'counts'; readonly orgId: string | undefined }
  | { readonly op: 'ping' };

/** What each operation answers. */
export interface DatabaseAnswer {
  apply: AnswerTo[keyof AnswerTo];
  get: IntentRecord | undefined;
  sweep: SweepReport;
  counts: IntentCounts;
  ping: undefined;
}

/** The first message of the worker. After a failure it ends. */
export type OpenReport =
  { readonly opened: true } | { readonly opened: false; readonly code: StoreOpenCode; readonly message: string };

/** A message to the worker. Messages are worked off in the order in which they were sent. */
export type ToWorker<Request> =
  /** Not begun after `expiresAtMs` (of `monotonicMs`): nobody waits for it any more. */
  | { readonly type: 'request'; readonly id: number; readonly expiresAtMs: number; readonly request: Request }
  /** Everything sent before is done first; then the worker ends. */
  | { readonly type: 'close' };

/** The answer to one request. */
export type Reply<Answer> = { readonly id: number } & (
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly reason: UnavailableReason; readonly message: string }
);

/** A clock that is never set, the same in all threads of the process; milliseconds from an arbitrary start. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
