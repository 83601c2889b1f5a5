import type { Ending } from '../call-event';
import type { Clock } from '../clock';
import { complaint } from '../complaint';
import { ask, type CarrierAnswer, overrideHeaders } from '../http';
import { type CallOptions, PhoneCall } from '../phone-call';
import type { Route } from '../route';
import type { CallNews, DocumentHouse, StreamEvent } from './house';
import type { NextDocument, StreamNoun, Verb } from './verb';

export interface DocumentCallOptions extends CallOptions {
  /** A document to follow instead of asking for one, such as that of an earlier call. */
  readonly document?: string;
  /** Overrides headers of the carrier's requests, signatures among them; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A change of a live call by the carrier's HTTP interface. */
export type CallUpdate =
  | { readonly kind: 'complete' }
  | { readonly kind: 'document'; readonly document: string }
  | { readonly kind: 'url'; readonly next: NextDocument };

/** How long the carrier waits for a document, in real milliseconds, and how long one may be. */
const DOCUMENT_TIMEOUT_MS = 15_000;
const MAX_DOCUMENT_BYTES = 65_536;

/** A call of a carrier that asks for documents and does what they say. */
export class DocumentCall extends PhoneCall {
  declare protected readonly options: DocumentCallOptions;
  private readonly route: Route;
  private replacement: Source | undefined;
  private isTransferred = false;
  private readonly callbacks = new Set<Promise<unknown>>();

  constructor(
    private readonly house: DocumentHouse,
    options: DocumentCallOptions,
    setup: { readonly clock: Clock; readonly route: Route },
  ) {
    super(house.newCallId(), options, setup);
    this.route = setup.route;
    this.begin();
    if (house.statusCallback !== undefined) this.reportEnd(house.statusCallback);
  }

  /** The state of the call. */
  get status(): CallNews['status'] {
    if (this.isTransferred) return 'in-progress';
    if (this.isOver) return 'completed';
    return this.history.all('answered').length > 0 ? 'in-progress' : 'ringing';
  }

  /** Changes the call; `false` if it is over. */
  update(update: CallUpdate): boolean {
    if (this.status === 'completed') return false;
    if (this.isTransferred) {
      this.complain(complaint('cut_after_transfer', 'The call was changed after it had been transferred.'));
      this.isTransferred = false;
      return true;
    }
    if (update.kind === 'complete') this.end({ kind: 'completed', by: 'api' });
    else {
      this.replacement = { ...update, by: 'api', otherwise: [] };
      this.leaveStream();
    }
    return true;
  }

  /** Resolves when the carrier's callbacks about the call have been answered, or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.callbacks);
  }

  protected async run(): Promise<Ending> {
    const { document } = this.options;
    let source: Source | Ending =
      document === undefined
        ? { kind: 'url', next: this.house.answer, by: 'document', otherwise: [] }
        : { kind: 'document', document, by: 'document', otherwise: [] };
    while (isSource(source)) source = await this.follow(source);
    return source;
  }

  private async follow(source: Source): Promise<Source | Ending> {
    const base = source.kind === 'url' ? source.next.url : undefined;
    const document = source.kind === 'url' ? await this.fetch(source) : source.document;
    if (typeof document !== 'string') return document;
    this.history.add({ type: 'answered', document });
    const read = this.house.read(document);
    if (read.kind === 'unreadable') return this.fail(read.complaint.code, read.complaint.message);
    const { verbs, complaints } = read.kind === 'nothing' ? { verbs: source.otherwise, complaints: [] } : read;
    for (const fault of complaints) this.complain(fault);
    for (const [index, verb] of verbs.entries()) {
      const outcome = await this.perform(verb, source.by);
      if (this.ending !== undefined) return this.ending;
      const { replacement } = this;
      this.replacement = undefined;
      if (replacement !== undefined) return replacement;
      if (outcome === undefined) continue;
      return 'next' in outcome ? this.onwards(outcome, base, verbs.slice(index + 1)) : outcome;
    }
    return { kind: 'completed', by: 'document' };
  }

  /** Does what a verb says. Returns where the call goes on, if that is not the next verb. */
  private async perform(verb: Verb, by: Source['by']): Promise<Onwards | Ending | undefined> {
    switch (verb.verb) {
      case 'Connect':
        await this.connectStream(verb.stream);
        return verb.next && { next: verb.next, by: 'document' };
      case 'Dial':
        return this.dial(verb, by);
      case 'Redirect':
        return { next: verb.next, by };
      case 'Pause':
        await this.passes(verb.ms);
        return undefined;
      case 'Say':
        return undefined;
      case 'Reject':
        return { kind: 'rejected', reason: verb.reason };
      case 'Hangup':
        return { kind: 'completed', by: 'document' };
    }
  }

  private async connectStream(stream: StreamNoun): Promise<void> {
    const { house, from, to } = this;
    const fault = house.streamUrlFault(stream.url);
    if (fault !== undefined) {
      this.complain(fault);
      return;
    }
    const ids = { callId: this.id, streamId: house.newStreamId(), from, to };
    const report = (event: StreamEvent) => {
      const callback = house.streamCallback?.(stream, ids, event);
      if (callback !== undefined) this.callback(callback.next, { kind: 'stream', fields: callback.fields });
    };
    const end = await this.connect({
      url: new URL(stream.url),
      headers: this.overridden(house.streamHeaders(stream)),
      protocols: house.protocols ?? [],
      dialect: house.dialect(stream, ids),
      onOpen: () => report({ kind: 'started' }),
    });
    if ('code' in end) report({ kind: 'stopped' });
    else if (!this.isOver) {
      const { streamTimeout, streamRefused } = house.codes;
      const message = `The media socket failed: ${end.why}.`;
      this.complain(complaint(end.status === undefined ? streamTimeout : streamRefused, message));
      report({ kind: 'failed', message });
    }
  }

  private dial(verb: Extract<Verb, { verb: 'Dial' }>, by: Source['by']): Onwards | Ending | undefined {
    const { transferOutcome = 'answered' } = this.options;
    const [to = ''] = verb.targets;
    const { callerId = this.from } = verb;
    const isOwn = [this.from, this.to].some((number) => digitsOf(number) === digitsOf(callerId));
    if (!isOwn) {
      const message = `'${callerId}' is not a number this call may show to the one it dials.`;
      this.complain(complaint(this.house.codes.badCallerId, message));
    }
    const outcome = isOwn ? transferOutcome : 'failed';
    this.history.add({ type: 'dialled', to, outcome });
    if (outcome === 'answered') {
      this.isTransferred = true;
      return { kind: 'transferred', to, by };
    }
    return verb.next && { next: verb.next, by: 'document', about: { kind: 'dialled', outcome } };
  }

  private onwards(to: Onwards, base: string | undefined, otherwise: readonly Verb[]): Source | Ending {
    const { url } = to.next;
    const { relativeUrl, badUrl } = this.house.codes;
    if (base === undefined && !URL.canParse(url)) {
      return this.fail(relativeUrl, `'${url}' must be an absolute URL in an update.`);
    }
    if (!URL.canParse(url, base)) return this.fail(badUrl, `'${url}' is no URL.`);
    return { kind: 'url', ...to, next: { ...to.next, url: new URL(url, base).href }, otherwise };
  }

  private async fetch({ next, about = { kind: 'call' } }: Onwards): Promise<string | Ending> {
    const { codes, documentTypes } = this.house;
    const answer = await this.tell(next, about);
    if (answer.kind === 'no_answer') return this.fail(codes.webhookFailed, `${next.url}: ${answer.why}.`);
    if (answer.status < 200 || answer.status > 299) {
      return this.fail(codes.webhookFailed, `${next.url} answered with ${answer.status}.`);
    }
    if (documentTypes?.has(answer.contentType) === false) {
      return this.fail(codes.wrongContentType, `${next.url} answered with content type '${answer.contentType}'.`);
    }
    if (Buffer.byteLength(answer.body) > MAX_DOCUMENT_BYTES) {
      return this.fail(codes.documentTooLong, `The document is longer than ${MAX_DOCUMENT_BYTES} bytes.`);
    }
    return answer.body;
  }

  private reportEnd(statusCallback: NextDocument): void {
    void this.ended.then(
      () => this.callback(statusCallback, { kind: 'call' }),
      // Whoever awaits the ending is told.
      () => undefined,
    );
  }

  private callback(next: NextDocument, about: CallNews['about']): void {
    if (URL.canParse(next.url)) this.callbacks.add(this.tell(next, about));
    else this.complain(complaint(this.house.codes.badUrl, `'${next.url}' is no URL to call back.`));
  }

  private tell(next: NextDocument, about: CallNews['about']): Promise<CarrierAnswer> {
    const { id: callId, from, to, status } = this;
    const { url, headers, body } = this.house.request(next, { callId, from, to, status, about });
    return ask(this.route, {
      method: next.method,
      url,
      headers: this.overridden(headers),
      ...(body === undefined ? {} : { body }),
      timeoutMs: DOCUMENT_TIMEOUT_MS,
    });
  }

  private overridden(headers: Readonly<Record<string, string>>): Record<string, string> {
    return overrideHeaders(headers, this.options.headers);
  }
}

/** Where a verb sends the call. */
interface Onwards {
  readonly next: NextDocument;
  readonly by: 'api' | 'document';
  readonly about?: CallNews['about'];
}

/** Where the next document comes from, and what is done if there is none. */
type Source = (
  | { readonly kind: 'document'; readonly document: string; readonly by: Onwards['by'] }
  | ({ readonly kind: 'url' } & Onwards)
) & { readonly otherwise: readonly Verb[] };

function isSource(value: Source | Ending): value is Source {
  return value.kind === 'document' || value.kind === 'url';
}

/** Some carriers write numbers without the plus. */
function digitsOf(number: string): string {
  return number.replace(/^\+/, '');
}
