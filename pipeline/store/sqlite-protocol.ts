/** What the SQLite store asks of its worker thread, and what is answered. */
import { type Command, type AnswerTo } from './command';
import { type StoreOpenCode } from './errors';
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
