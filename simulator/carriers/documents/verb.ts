import type { Complaint } from '../complaint';

/** One instruction of a call document, whatever language it is written in. */
export type Verb =
  | {
      readonly verb: 'Connect';
      readonly stream: StreamNoun;
      /** Where to go on when the stream is over; by default at the next verb. */
      readonly next: NextDocument | undefined;
    }
  | {
      readonly verb: 'Dial';
      /** Numbers in E.164 form, or SIP addresses. */
      readonly targets: readonly string[];
      readonly callerId: string | undefined;
      readonly next: NextDocument | undefined;
    }
  | { readonly verb: 'Redirect'; readonly next: NextDocument }
  | { readonly verb: 'Pause'; readonly ms: number }
  /** Spoken by the carrier. */
  | { readonly verb: 'Say'; readonly text: string }
  | { readonly verb: 'Reject'; readonly reason: string }
  | { readonly verb: 'Hangup' };

/** Where the call goes on after a verb; the URL may be relative to the document's. */
export interface NextDocument {
  readonly url: string;
  readonly method: 'GET' | 'POST';
}

/** Where to connect the audio. */
export interface StreamNoun {
  readonly url: string;
  /** All that the document says of it, for what only one carrier knows. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the stream's first message tells the relay. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A document as read: what could not be accepted is left out and complained of. */
export type ReadDocument =
  | { readonly kind: 'document'; readonly verbs: readonly Verb[]; readonly complaints: readonly Complaint[] }
  /** The answer holds no document: the call goes on with what it was doing. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly complaint: Complaint };
