import { randomUUID } from 'node:crypto';
import type { Ending } from '../call-event';
import type { Clock } from '../clock';
import { complaint } from '../complaint';
import { ask, overrideHeaders } from '../http';
import { type CallOptions, PhoneCall } from '../phone-call';
import type { Route } from '../route';
import { TelnyxDialect } from './frames';
import type { TelnyxKey } from './signature';
import { formatsOf, type LegCodec, type StreamOptions } from './stream-options';

export interface TelnyxCallOptions extends CallOptions {
  /** The codec of the caller's leg. Default `PCMU`. */
  readonly legCodec?: LegCodec;
  /** Overrides headers of webhooks and of the media socket; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface TelnyxHouse {
  readonly key: TelnyxKey;
  readonly webhookUrl: string;
}

/** What a command came to: the code is Telnyx's where it is known. */
export type CommandOutcome =
  { readonly ok: true } | { readonly ok: false; readonly code: string; readonly detail: string };

/** A webhook must be answered so soon, in real milliseconds, and is sent so often if it is not. */
const WEBHOOK_TIMEOUT_MS = 2_000;
const WEBHOOK_ATTEMPTS = 3;

/** How long it rings before the caller gives up, by the call's clock. */
const RINGING_MS = 60_000;

/** A call that is controlled by commands (protocol reference, section 4). */
export class TelnyxCall extends PhoneCall {
  declare protected readonly options: TelnyxCallOptions;
  private readonly sessionId = randomUUID();
  private readonly legId = randomUUID();
  /** Webhooks and streams, done and under way. */
  private readonly work = new Set<Promise<void>>();
  private readonly route: Route;
  private state: 'ringing' | 'answered' | 'streaming' | 'transferred' = 'ringing';
  private readonly commandIds = new Set<string>();

  constructor(
    private readonly house: TelnyxHouse,
    options: TelnyxCallOptions,
    setup: { readonly clock: Clock; readonly route: Route },
  ) {
    super(`v3:${randomUUID()}`, options, setup);
    this.route = setup.route;
    this.begin();
    void this.ended.then(() => this.tell('call.hangup', { hangup_cause: 'normal_clearing' }));
  }

  /** Answers the call, and connects it to a media socket if one is asked for. */
  answer(stream: StreamOptions | undefined): CommandOutcome {
    const refusal =
      this.state === 'ringing' ? this.overRefusal() : refused('already_answered', 'It was answered before.');
    if (refusal !== undefined) return refusal;
    this.state = 'answered';
    this.history.add({ type: 'answered', document: JSON.stringify(stream ?? {}) });
    this.tell('call.answered', {});
    return stream === undefined ? { ok: true } : this.startStream(stream);
  }

  /** Connects an answered call to a media socket; a call has one at most. */
  startStream(stream: StreamOptions): CommandOutcome {
    const formats = formatsOf(stream, this.options.legCodec ?? 'PCMU');
    if (this.state !== 'answered') return refused('no_second_stream', 'It is not answered, or has a stream already.');
    if ('unknown' in formats) return refused('not_simulated', `${formats.unknown} is not simulated.`);
    if (!/^wss?:\/\//.test(stream.stream_url) || !URL.canParse(stream.stream_url)) {
      return refused('10015', `'${stream.stream_url}' is no URL of a WebSocket.`);
    }
    this.state = 'streaming';
    this.work.add(this.runStream(stream, formats));
    return { ok: true };
  }

  stopStream(): CommandOutcome {
    this.leaveStream();
    return this.overRefusal() ?? { ok: true };
  }

  hangUpByCommand(): CommandOutcome {
    const refusal = this.overRefusal();
    if (refusal !== undefined) return refusal;
    if (this.state === 'transferred') {
      this.complain(complaint('cut_after_transfer', 'The call was hung up after it had been transferred.'));
      this.state = 'answered';
    }
    this.end({ kind: 'completed', by: 'api' });
    return { ok: true };
  }

  transfer(to: string): CommandOutcome {
    const refusal = this.overRefusal();
    if (refusal !== undefined) return refusal;
    const { transferOutcome: outcome = 'answered' } = this.options;
    this.history.add({ type: 'dialled', to, outcome });
    if (outcome === 'answered') {
      this.state = 'transferred';
      this.end({ kind: 'transferred', to, by: 'api' });
    }
    return { ok: true };
  }

  /** Whether a command with this id was given before; one without is always new. */
  isRepeated(commandId: string | undefined): boolean {
    if (commandId === undefined) return false;
    const isKnown = this.commandIds.has(commandId);
    this.commandIds.add(commandId);
    return isKnown;
  }

  /** Resolves when the webhooks about the call have been answered, or given up. */
  async settled(): Promise<void> {
    // The end of a stream is told in another webhook.
    for (let known = 0; known < this.work.size;) {
      known = this.work.size;
      await Promise.allSettled(this.work);
    }
  }

  protected async run(): Promise<Ending> {
    const callOff = this.clock.at(this.clock.now() + RINGING_MS, () => {
      if (this.state === 'ringing') this.end(this.fail('not_answered', `Nobody answered for ${RINGING_MS} ms.`));
    });
    this.tell('call.initiated', { state: 'parked' });
    const ending = await this.ended;
    callOff();
    return ending;
  }

  private async runStream(
    options: StreamOptions,
    formats: Pick<ConstructorParameters<typeof TelnyxDialect>[0], 'voice' | 'playback'>,
  ): Promise<void> {
    const { id: callControlId, sessionId: callSessionId, from, to } = this;
    const { stream_auth_token: token } = options;
    const ids = { streamId: randomUUID(), callControlId, callSessionId, from, to };
    const end = await this.connect({
      url: new URL(options.stream_url),
      headers: this.overridden(token === undefined ? {} : { 'x-telnyx-streaming-auth-token': token }),
      dialect: new TelnyxDialect({ ...ids, options, ...formats }),
      onOpen: () => this.tell('streaming.started', { stream_id: ids.streamId }),
    });
    if (this.state === 'streaming') this.state = 'answered';
    if ('code' in end) this.tell('streaming.stopped', { stream_id: ids.streamId });
    else if (!this.isOver) {
      this.complain(complaint('stream_refused', `The media socket failed: ${end.why}.`));
      this.tell('streaming.failed', { stream_id: ids.streamId, failure_reason: 'connection_failed' });
    }
  }

  private overRefusal(): CommandOutcome | undefined {
    return this.isOver && this.state !== 'transferred' ? refused('90018', 'Call has already ended') : undefined;
  }

  private tell(event: string, rest: Readonly<Record<string, unknown>>): void {
    this.work.add(this.deliver(event, rest));
  }

  private async deliver(event: string, rest: Readonly<Record<string, unknown>>): Promise<void> {
    const data = {
      record_type: 'event',
      event_type: event,
      id: randomUUID(),
      occurred_at: new Date().toISOString(),
      payload: {
        call_control_id: this.id,
        call_leg_id: this.legId,
        call_session_id: this.sessionId,
        connection_id: '1',
        client_state: null,
        direction: 'incoming',
        from: this.from,
        to: this.to,
        ...rest,
      },
    };
    for (let attempt = 1; attempt <= WEBHOOK_ATTEMPTS; attempt += 1) {
      if (await this.post(JSON.stringify({ data, meta: { attempt, delivered_to: this.house.webhookUrl } }))) return;
    }
    this.complain(complaint('webhook_failed', `${event} was not answered with 2xx within ${WEBHOOK_TIMEOUT_MS} ms.`));
  }

  private async post(body: string): Promise<boolean> {
    const timestamp = Math.floor(Date.now() / 1000);
    const answer = await ask(this.route, {
      method: 'POST',
      url: new URL(this.house.webhookUrl),
      headers: this.overridden({
        'content-type': 'application/json',
        'telnyx-timestamp': String(timestamp),
        'telnyx-signature-ed25519': this.house.key.sign(timestamp, body),
      }),
      body,
      timeoutMs: WEBHOOK_TIMEOUT_MS,
    });
    return answer.kind === 'answer' && answer.status >= 200 && answer.status <= 299;
  }

  private overridden(headers: Readonly<Record<string, string>>): Record<string, string> {
    return overrideHeaders(headers, this.options.headers);
  }
}

function refused(code: string, detail: string): CommandOutcome {
  return { ok: false, code, detail };
}
