import type { Complaint } from './complaint';

/** What happens in a simulated call, as a test or a person follows it. All times are of the call's clock. */
export type CallHappening =
  /** The carrier has asked what to do with the call, and was told. */
  | { readonly type: 'answered'; readonly document: string }
  | { readonly type: 'stream_opened'; readonly url: string }
  /** The upgrade was not granted; `status` is missing when there was no HTTP answer at all. */
  | { readonly type: 'stream_refused'; readonly url: string; readonly status: number | undefined }
  | { readonly type: 'stream_closed'; readonly by: 'relay' | 'carrier'; readonly code: number; readonly reason: string }
  /** The relay sent audio; `message` counts its audio messages from 0. */
  | { readonly type: 'audio'; readonly message: number; readonly lengthMs: number }
  /** The relay asked to be told when what it sent so far has been heard. */
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'mark_returned'; readonly name: string; readonly because: 'heard' | 'cleared' }
  /** Marks that the carrier will never return, because what they stood behind was cleared. */
  | { readonly type: 'marks_dropped'; readonly names: readonly string[] }
  | { readonly type: 'cleared'; readonly droppedMs: number }
  | { readonly type: 'playing'; readonly message: number }
  | { readonly type: 'quiet' }
  /** The relay pressed keys. */
  | { readonly type: 'keys'; readonly digits: string }
  | { readonly type: 'saying'; readonly lengthMs: number }
  /** The first frame of what is said is picked up; `lineMs` is where on the caller's line it begins, as its timestamp says. */
  | { readonly type: 'voice'; readonly lineMs: number }
  | { readonly type: 'said' }
  | { readonly type: 'pressed'; readonly digit: string }
  /** The carrier called the one the call is to be transferred to. */
  | { readonly type: 'dialled'; readonly to: string; readonly outcome: string }
  /** The carrier's HTTP interface was called about this call; `what` is in the carrier's words. */
  | { readonly type: 'api'; readonly what: string; readonly status: number }
  | { readonly type: 'complaint'; readonly complaint: Complaint }
  | { readonly type: 'ended'; readonly ending: Ending };

/** How a call ended for the caller. */
export type Ending =
  | {
      readonly kind: 'completed';
      /** `document` when there was nothing left to do; `relay` when closing its socket ended the call. */
      readonly by: 'caller' | 'api' | 'document' | 'relay';
    }
  | { readonly kind: 'transferred'; readonly to: string; readonly by: 'api' | 'document' }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It never got as far as a conversation. */
  | { readonly kind: 'failed'; readonly complaint: Complaint };

/** A happening with its place in the call's history and its time. */
export type CallEvent<Type extends CallHappening['type'] = CallHappening['type']> = Extract<
  CallHappening,
  { type: Type }
> & {
  /** Counts from 0, also when older events have been forgotten. */
  readonly index: number;
  readonly atMs: number;
};

/** The ending in a few words, such as `transferred to +15550003333`. */
export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'completed':
      return `completed by the ${ending.by}`;
    case 'transferred':
      return `transferred to ${ending.to}`;
    case 'rejected':
      return `rejected: ${ending.reason}`;
    case 'failed':
      return `failed with ${ending.complaint.code}: ${ending.complaint.message}`;
  }
}
