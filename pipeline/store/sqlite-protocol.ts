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

/** What may be lost without the loss of what was committed: this process only, or the machine with all it has not synced. */
export type Loss = 'process' | 'machine';

/**
 * What the answers to requests that share a transaction must outlive. A claim alone permits nothing: what it leads to
 * begins with a write of its own. If the machine fails, the intent is free again, as it should be; so nobody waits for
 * the disk on its account.
 */
export function lossToOutlive(requests: readonly DatabaseRequest[]): Loss {
  return requests.some(waitsForDisk) ? 'machine' : 'process';
}

function waitsForDisk(request: DatabaseRequest): boolean {
  switch (request.op) {
    case 'apply':
      return request.command.type !== 'claim';
    case 'sweep':
      return true;
    case 'get':
    case 'counts':
    case 'ping':
      return false;
  }
}
