/** What the SQLite store asks of its worker thread, and what is answered. */
import { type Command, type AnswerTo } from './command';
import { type StoreOpenCode } from './errors';
import { type IntentKey, type IntentRecord } from './record';
import { type Position } from './page';
import { type IntentCounts, type IntentPage, type IntentQuery, type Sweep, type SweepReport } from './store';

/** One operation. The time comes with it, so that there is one clock. */
export type DatabaseRequest =
  | { readonly op: 'apply'; readonly command: Command; readonly nowMs: number }
  | { readonly op: 'get'; readonly key: IntentKey }
  | { readonly op: 'sweep'; readonly sweep: Sweep; readonly nowMs: number }
  | { readonly op: 'list'; readonly query: IntentQuery; readonly after: Position | undefined }
  | { readonly op: 'redeem'; readonly ticket: string; readonly expiresMs: number }
  | { readonly op: 'counts'; readonly orgId: string | undefined }
  | { readonly op: 'ping' };

/** What each operation answers. */
export interface DatabaseAnswer {
  apply: AnswerTo[keyof AnswerTo];
  get: IntentRecord | undefined;
  sweep: SweepReport;
  list: IntentPage;
  redeem: boolean;
  counts: IntentCounts;
  ping: undefined;
}

/** An answer, and which records were written on its account. */
export interface Answered {
  readonly answer: DatabaseAnswer[DatabaseRequest['op']];
  readonly moved: readonly IntentKey[];
}

/** The first message of the worker. After a failure it ends. */
export type OpenReport =
  { readonly opened: true } | { readonly opened: false; readonly code: StoreOpenCode; readonly message: string };

/** What may be lost without the loss of what was committed: this process only, or the machine with all it has not synced. */
export type Loss = 'process' | 'machine';

/**
 * What the answers to requests that share a transaction must outlive. A claim or a reclaim alone permits nothing:
 * what it leads to begins with a write of its own. If the machine fails, the intent is again what it was, as it should
 * be; so nobody waits for the disk on its account.
 */
export function lossToOutlive(requests: readonly DatabaseRequest[]): Loss {
  return requests.some(waitsForDisk) ? 'machine' : 'process';
}

function waitsForDisk(request: DatabaseRequest): boolean {
  switch (request.op) {
    case 'apply':
      return request.command.type !== 'claim' && request.command.type !== 'reclaim';
    case 'sweep':
    case 'redeem':
      return true;
    case 'get':
    case 'list':
    case 'counts':
    case 'ping':
      return false;
  }
}
