import type { Ending } from '../call-event';
import type { Clock } from '../clock';
import { complaint } from '../complaint';
import { ask } from '../http';
import { type CallOptions, PhoneCall } from '../phone-call';
import type { Route } from '../route';
import { type NextDocument, readTwiml, type StreamNoun, type Verb } from './document';
import type { TwimlHouse } from './house';
import { streamUrlFault } from './stream-url';

export interface TwimlCallOptions extends CallOptions {
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

/** A call of a carrier that is told by TwiML documents what to do with it (protocol reference, section 2). */
export class TwimlCall extends PhoneCall {
  declare protected readonly options: TwimlCallOptions;
  private readonly route: Route;
  private replacement: Source | undefined;
  private isTransferred = false;
  private readonly callbacks = new Set<Promise<unknown>>();

  constructor(
    private readonly house: TwimlHouse,
    options: TwimlCallOptions,
    setup: { readonly clock: Clock; readonly route: Route },
  ) {
    super(house.newCallSid(), options, setup);
    this.route = setup.route;
    this.begin();
    if (house.statusCallback !== undefined) this.reportEnd(house.statusCallback);
  }

  /** What the carrier calls the state of the call. */
  get status(): 'ringing' | 'in-progress' | 'completed' {
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
      this.replacement = { ...update, by: 'api' };
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
        ? { kind: 'url', next: { url: this.house.answerUrl, method: 'POST' }, by: 'document' }
        : { kind: 'document', document, by: 'document' };
    while (isSource(source)) source = await this.follow(source);
    return source;
  }

  private async follow(source: Source): Promise<Source | Ending> {
    const base = source.kind === 'url' ? new URL(source.next.url, this.house.answerUrl).href : undefined;
    const document = source.kind === 'url' ? await this.fetch(source) : source.document;
    if (typeof document !== 'string') return document;
    this.history.add({ type: 'answered', document });
    const read = readTwiml(document, this.house.streamAttributes);
    if (read.kind === 'unreadable') return this.fail(read.complaint.code, read.complaint.message);
    for (const fault of read.complaints) this.complain(fault);
    for (const verb of read.verbs) {
      const outcome = await this.perform(verb, source.by);
      if (this.ending !== undefined) return this.ending;
      const { replacement } = this;
      this.replacement = undefined;
      if (replacement !== undefined) return replacement;
      if (outcome !== undefined) return isSource(outcome) ? this.absolute(outcome, base) : outcome;
    }
    return { kind: 'completed', by: 'document' };
  }

  /** Does what a verb says. Returns where the call goes on, if that is not the next verb. */
  private async perform(verb: Verb, by: Source['by']): Promise<Source | Ending | undefined> {
    switch (verb.verb) {
      case 'Connect':
        await this.connectStream(verb.stream);
        return verb.next && { kind: 'url', next: verb.next, by: 'document', fields: {} };
      case 'Dial':
        return this.dial(verb, by);
      case 'Redirect':
        return { kind: 'url', next: verb.next, by };
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
    const fault = streamUrlFault(stream.url);
    if (fault !== undefined) {
      this.complain(fault);
      return;
    }
    const streamSid = this.house.newStreamSid();
    const end = await this.connect({
      url: new URL(stream.url),
      headers: this.overridden({ 'user-agent': this.house.userAgent, ...this.house.streamHeaders(stream) }),
      dialect: this.house.dialect(stream, { callSid: this.id, streamSid }),
      onOpen: () => this.reportStream(stream, streamSid, 'stream-started'),
    });
    if ('code' in end) this.reportStream(stream, streamSid, 'stream-stopped');
    else {
      const refusal = complaint(end.status === undefined ? '31901' : '31920', `The media socket failed: ${end.why}.`);
      this.complain(refusal);
      this.reportStream(stream, streamSid, 'stream-error', refusal.message);
    }
  }

  private dial(verb: Extract<Verb, { verb: 'Dial' }>, by: Source['by']): Source | Ending | undefined {
    const { transferOutcome = 'answered' } = this.options;
    const [to = ''] = verb.targets;
    const { callerId = this.from } = verb;
    const isOwn = callerId === this.from || callerId === this.to;
    if (!isOwn) this.complain(complaint('13214', `<Dial>: '${callerId}' is not a number this call may show.`));
    const outcome = isOwn ? transferOutcome : 'failed';
    this.history.add({ type: 'dialled', to, outcome });
    if (outcome === 'answered') {
      this.isTransferred = true;
      return { kind: 'transferred', to, by };
    }
    return verb.next && { kind: 'url', next: verb.next, by: 'document', fields: { DialCallStatus: outcome } };
  }

  private absolute(source: Source, base: string | undefined): Source | Ending {
    if (source.kind === 'document') return source;
    const { url } = source.next;
    if (URL.canParse(url)) return source;
    if (base === undefined) return this.fail('15004', `'${url}' must be an absolute URL in an update.`);
    if (!URL.canParse(url, base)) return this.fail('11100', `'${url}' is no URL.`);
    return { ...source, next: { ...source.next, url: new URL(url, base).href } };
  }

  private async fetch({ next, fields = {} }: Extract<Source, { kind: 'url' }>): Promise<string | Ending> {
    const answer = await this.post(next, { ...this.fields(), CallStatus: this.status, ...fields });
    if (answer.kind === 'no_answer') return this.fail('11200', `${next.url}: ${answer.why}.`);
    if (answer.status < 200 || answer.status > 299) {
      return this.fail('11200', `${next.url} answered with ${answer.status}.`);
    }
    if (!DOCUMENT_TYPES.has(answer.contentType)) {
      return this.fail('12300', `${next.url} answered with content type '${answer.contentType}'.`);
    }
    if (Buffer.byteLength(answer.body) > MAX_DOCUMENT_BYTES) {
      return this.fail('11750', `The document is longer than ${MAX_DOCUMENT_BYTES} bytes.`);
    }
    return answer.body;
  }

  private reportStream(stream: StreamNoun, streamSid: string, event: string, error?: string): void {
    const { statusCallback, name, statusCallbackMethod } = stream.attributes;
    if (statusCallback === undefined) return;
    this.callback(statusCallback, statusCallbackMethod === 'GET' ? 'GET' : 'POST', {
      AccountSid: this.house.accountSid,
      CallSid: this.id,
      StreamSid: streamSid,
      ...(name === undefined ? {} : { StreamName: name }),
      StreamEvent: event,
      ...(error === undefined ? {} : { StreamError: error }),
      Timestamp: new Date().toISOString(),
    });
  }

  private reportEnd(statusCallback: string): void {
    void this.ended.then(
      () => this.callback(statusCallback, 'POST', { ...this.fields(), CallStatus: 'completed' }),
      // Whoever awaits the ending is told.
      () => undefined,
    );
  }

  private callback(url: string, method: 'GET' | 'POST', fields: Readonly<Record<string, string>>): void {
    if (!URL.canParse(url)) this.complain(complaint('11100', `'${url}' is no URL to call back.`));
    else this.callbacks.add(this.post({ url, method }, fields));
  }

  /** A signed request with fields, in the body or, with GET, in the query. */
  private post({ url, method }: NextDocument, fields: Readonly<Record<string, string>>): ReturnType<typeof ask> {
    const target = new URL(url);
    const form = new URLSearchParams(fields);
    if (method === 'GET') for (const [name, value] of form) target.searchParams.append(name, value);
    const signed = method === 'GET' ? {} : fields;
    return ask(this.route, {
      method,
      url: target,
      headers: this.overridden({
        'user-agent': this.house.userAgent,
        accept: '*/*',
        ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
        ...this.house.webhookHeaders(target.href, signed),
      }),
      ...(method === 'GET' ? {} : { body: form.toString() }),
      timeoutMs: DOCUMENT_TIMEOUT_MS,
    });
  }

  private fields(): Record<string, string> {
    const { from, to } = this;
    return {
      AccountSid: this.house.accountSid,
      ApiVersion: '2010-04-01',
      CallSid: this.id,
      CallStatus: this.status,
      Called: to,
      Caller: from,
      Direction: 'inbound',
      From: from,
      To: to,
    };
  }

  private overridden(headers: Readonly<Record<string, string>>): Record<string, string> {
    const all = Object.entries({ ...headers, ...this.options.headers });
    return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
}

/** Where the next document comes from. */
type Source = (
  | { readonly kind: 'document'; readonly document: string }
  | { readonly kind: 'url'; readonly next: NextDocument; readonly fields?: Readonly<Record<string, string>> }
) & { readonly by: 'api' | 'document' };

const DOCUMENT_TYPES = new Set(['text/xml', 'application/xml', 'text/html']);

function isSource(value: Source | Ending): value is Source {
  return value.kind === 'document' || value.kind === 'url';
}
