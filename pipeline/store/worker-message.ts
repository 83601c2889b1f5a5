/** How requests and answers travel between `WorkerLink` and a worker, whatever they are about. */
import { type UnavailableReason } from './errors';

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
