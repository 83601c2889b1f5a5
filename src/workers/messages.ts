import type { RelayConfig } from '../config';
import type { Gathered, Report, Topic } from './team';

/** Settings that can be sent to another process: all but the tools, which are programs. */
export interface SentConfig extends Omit<RelayConfig, 'tools'> {
  /** Whether the config file brings tools, which the other process then loads from there. */
  readonly hasTools: boolean;
}

/** What the primary says to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly number: number; readonly config: SentConfig }
  | { readonly type: 'drain' }
  | { readonly type: 'ask'; readonly id: number; readonly topic: Topic }
  | { readonly type: 'gathered'; readonly id: number; readonly gathered: Gathered<Topic> }
  | Taken;

/** What a worker says to the primary. */
export type FromWorker =
  /** Its program is loaded, and waits to be told what to do. */
  | { readonly type: 'awake' }
  | { readonly type: 'listening'; readonly url: string }
  | ({ readonly type: 'answer'; readonly id: number } & Report)
  | { readonly type: 'gather'; readonly id: number; readonly topic: Topic }
  | Taken;

/** A call has its stream in this worker, or in another one. */
interface Taken {
  readonly type: 'taken';
  readonly call: string;
}
