import type { IncomingHttpHeaders } from 'node:http';
import type { CarrierFormat, Dialect } from '../../relay';
import type { OrgConfig } from '../config';
import type { ApiAnswer, ApiRequest } from './carrier-api';

/**
 * A carrier as the program meets it: how its webhooks read, and the lines that orgs have there. Its media streams are the
 * relay's to understand (`Dialect`). A further carrier is one more of these, in `carriers/`.
 */
export interface Carrier {
  /** As in settings, addresses, logs and metrics. */
  readonly name: string;
  /** The line of an org; undefined where it has none at this carrier. */
  lineOf(org: OrgConfig, publicUrl: string): WebhookLine | undefined;
  /**
   * What a webhook says, of which nothing is proven: which call it asks about, or `news` where it only tells of something.
   * Undefined where it says neither.
   */
  readNotice(request: WebhookRequest): CallNotice | 'news' | undefined;
}

/** What one org has at one carrier: numbers, and how to deal with the carrier about calls to them. */
export interface Line {
  readonly carrier: string;
  readonly org: OrgConfig;
  /** In E.164 form. */
  readonly numbers: readonly string[];
  readonly dialect: Dialect;
  /** What calls are heard and spoken in. */
  readonly format: CarrierFormat;
  /** Closing a call's stream does not end the call, which has to be hung up whatever ended its session. */
  readonly outlivesStream?: boolean;
  /** Streams go by ids of their own, so that only the requests for them tell which call they are of. */
  readonly streamsHaveOwnIds?: boolean;
  /** Ends a call; left out where closing its stream does. */
  hangUp?(callId: string): ApiRequest | Promise<ApiRequest>;
  /** A call that is handed over goes there when its stream is closed, and not before. */
  readonly handsOverOnClose?: boolean;
  /** Hands a call over; undefined where there is nobody to hand it over to. */
  transfer(callId: string): ApiRequest | undefined | Promise<ApiRequest | undefined>;
  /** Whether an answer of the carrier's means that the call is over already. */
  saysOver(answer: ApiAnswer): boolean;
}

/** A line of a carrier that asks what to do with a call before it streams it. */
export interface WebhookLine extends Line {
  /** What the carrier calls the account in its webhooks; left out where they do not name it. */
  readonly account?: string;
  /** Its webhooks expect no documents: what is to be done with a call is commanded. */
  readonly takesCommands?: boolean;
  /** Whether a webhook comes from the carrier, on behalf of this account. */
  signedWebhook(request: WebhookRequest): boolean | Promise<boolean>;
  /** Whether a media socket is opened by the carrier, as the document of `connect` told it. */
  signedMedia(request: MediaRequest): boolean | Promise<boolean>;
  /** Streams a call to us. */
  connect(media: MediaAddress): Directions;
  /** Ends the call of a caller who cannot be served, who is told so where the carrier can speak. */
  busy(callId: string): Directions;
  /** What a call that is handed over follows, where it is asked for that; undefined where nobody is there. */
  readonly handOver: CallDocument | undefined;
}

/** A telephone system whose dialplan streams calls to us without asking first. */
export interface DialplanCarrier {
  readonly name: string;
  lineOf(org: OrgConfig): DialplanLine | undefined;
}

export interface DialplanLine extends Line {
  /** Whether a media socket is opened by the system. */
  signedMedia(request: Pick<MediaRequest, 'headers'>): boolean;
}

/** A call as a webhook asks about it. */
export interface CallNotice {
  /** Left out by carriers whose signature alone tells the account. */
  readonly account?: string;
  /** What the carrier's HTTP interface calls the call. */
  readonly callId: string;
  /** The number that was called, in E.164 form. */
  readonly called: string;
}

/** A webhook as it came. */
export interface WebhookRequest {
  /** Path and query, as they stand in the request. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The request for a media socket. */
export interface MediaRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** What the carrier was told to prove itself with, where it signs no media sockets. */
  readonly bearer: string;
}

/** Where a call's media is to go. */
export interface MediaAddress {
  /** Which call it is, for carriers whose streams do not know. */
  readonly callId: string;
  /** `wss:`, with a token as its last part. */
  readonly url: string;
  readonly bearer: string;
}

/** What a carrier is to do with a call: it reads that in the answer to its webhook, or is given a command. */
export type Directions = CallDocument | CallCommand;

/** What a webhook is answered with. */
export interface CallDocument {
  readonly contentType: string;
  readonly body: string;
}

/** What is asked of the carrier after a webhook that expects no answer. */
export interface CallCommand {
  readonly command: ApiRequest;
}
