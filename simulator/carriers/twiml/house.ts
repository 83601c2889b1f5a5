import type { Dialect } from '../dialect';
import type { StreamNoun } from './document';

/** What differs between the carriers that speak TwiML. */
export interface TwimlHouse {
  readonly accountSid: string;
  /** Where the carrier asks what to do with a call. */
  readonly answerUrl: string;
  /** Told of the end of each call, if there is one. */
  readonly statusCallback: string | undefined;
  readonly userAgent: string;
  /** What its `<Stream>` has beyond Twilio's. */
  readonly streamAttributes: readonly string[];
  newCallSid(): string;
  newStreamSid(): string;
  /** The headers that prove a webhook. */
  webhookHeaders(url: string, fields: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** The headers that prove a media socket. */
  streamHeaders(stream: StreamNoun): Readonly<Record<string, string>>;
  dialect(stream: StreamNoun, ids: { readonly callSid: string; readonly streamSid: string }): Dialect;
}
