import type { Complaint } from '../complaint';
import type { Dialect } from '../dialect';
import type { NextDocument, ReadDocument, StreamNoun } from './verb';

/** What differs between the carriers that ask for a document to know what to do with a call. */
export interface DocumentHouse {
  /** Where the carrier asks first. */
  readonly answer: NextDocument;
  /** The content types a document may have; by default any. */
  readonly documentTypes?: ReadonlySet<string>;
  /** Told of the end of each call, if there is one. */
  readonly statusCallback: NextDocument | undefined;
  readonly codes: FaultCodes;
  /** The subprotocols it asks for. */
  readonly protocols?: readonly string[];
  newCallId(): string;
  newStreamId(): string;
  /** A webhook request, with what proves it. */
  request(next: NextDocument, news: CallNews): WebhookParts;
  read(document: string): ReadDocument;
  /** What is wrong with a stream's URL before it is connected. */
  streamUrlFault(url: string): Complaint | undefined;
  /** The headers that prove a media socket. */
  streamHeaders(stream: StreamNoun): Readonly<Record<string, string>>;
  dialect(stream: StreamNoun, ids: DialectIds): Dialect;
  /** Where a stream's beginning and end are told, if the document asks for it. */
  streamCallback?(stream: StreamNoun, ids: DialectIds, event: StreamEvent): Callback | undefined;
}

export interface DialectIds {
  readonly callId: string;
  readonly streamId: string;
  readonly from: string;
  readonly to: string;
}

/** What a webhook is about. */
export interface CallNews {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly status: 'ringing' | 'in-progress' | 'completed';
  readonly about:
    | { readonly kind: 'call' }
    | { readonly kind: 'dialled'; readonly outcome: string }
    | { readonly kind: 'stream'; readonly fields: Readonly<Record<string, string>> };
}

export interface WebhookParts {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type StreamEvent =
  { readonly kind: 'started' | 'stopped' } | { readonly kind: 'failed'; readonly message: string };

export interface Callback {
  readonly next: NextDocument;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the carrier calls what can go wrong with documents and what they say. */
export interface FaultCodes {
  readonly webhookFailed: string;
  readonly wrongContentType: string;
  readonly documentTooLong: string;
  readonly badUrl: string;
  readonly relativeUrl: string;
  readonly badCallerId: string;
  readonly streamTimeout: string;
  readonly streamRefused: string;
}

/** For carriers that publish no codes of their own. */
export const PLAIN_CODES: FaultCodes = {
  webhookFailed: 'webhook_failed',
  wrongContentType: 'wrong_content_type',
  documentTooLong: 'document_too_long',
  badUrl: 'bad_url',
  relativeUrl: 'relative_url',
  badCallerId: 'bad_caller_id',
  streamTimeout: 'stream_timeout',
  streamRefused: 'stream_refused',
};
