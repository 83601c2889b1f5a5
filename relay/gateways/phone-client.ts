import { type WebSocket } from 'ws';
import { Allowance } from '../allowance';
import { type ClientSide, type ClientSideOptions, type OpenClientSide } from '../client-side';
import { InTurn } from '../in-turn';
import { socketBounds } from '../socket-bounds';
import { Timers } from '../timers';
import { audioKind, type CarrierFormat } from './carrier-format';
import { CarrierLeg } from './carrier-leg';
import { codecFor } from './codec';
import { type CallStart, type CarrierEvent, type CarrierMessage, type Dialect, type Encoder } from './dialect';
import { defaultPhoneLimits, type PhoneLimits } from './phone/limits';
import { lifeSign } from './phone/mark-name';
import { type PhoneCount, type PhoneEffect, type PhoneEvent, type PhoneState, type PhoneTimer } from './phone/model';
import { expectCall, phoneStep } from './phone/step';

/** Largest message taken from a carrier, in bytes; a frame of 20 ms is some hundred. */
export const carrierMessageBytes = 65_536;

/** Options for the socket a carrier opens. */
export const carrierSocketBounds = socketBounds(carrierMessageBytes);

/** What a phone counts as it goes; called often, must be cheap. */
export interface PhoneMeter {
  counted(what: PhoneCount, by: number): void;
}

/** What one call's gateway is made of. */
export interface PhoneOptions {
  readonly dialect: Dialect;
  /** The audio that was agreed on with the carrier; a stream that brings other audio ends by name. */
  readonly format: CarrierFormat;
  /**
   * Decides whether a stream is the one that was announced: its `callId` and parameters against what the answer webhook
   * was told. Asked once, before any of its audio passes; false ends the call by name.
   */
  readonly admit: (start: CallStart) => boolean;
  /** Ask the model to speak first. Default true. */
  readonly speaksFirst?: boolean;
  readonly limits?: Partial<PhoneLimits>;
  readonly meter?: PhoneMeter;
}

/**
 * A phone call as the client's side of a session: the carrier's socket on one hand, the Realtime protocol on the other.
 *
 * The session may be started before the carrier connects, so that upstream is there when it does:
 *
 *     const phone = new PhoneClient({ dialect: twilio, format: pcmu, admit });
 *     const session = startSession({ client: phone.open, … });
 *     phone.attach(socket);
 *
 * A session whose call never comes ends as `carrier_no_start`.
 *
 * A carrier may send nothing while the caller is silent, and some answer no pings; but all that can tell when audio has been
 * played answer a mark at once while nothing plays. One that has been quiet is asked for such a sign of life, and only one
 * that owes it for `deadPeerMs` counts as gone.
 */
export class PhoneClient extends InTurn<PhoneEvent> implements ClientSide {
  readonly confirmsHeard = true;
  private readonly timers: Timers<PhoneTimer>;
  private readonly codec;
  private readonly limits: PhoneLimits;
  private readonly openedAtMs = performance.now();
  private state: PhoneState;
  private session: ClientSideOptions | undefined;
  private leg: CarrierLeg | undefined;
  private encoder: Encoder | undefined;
  private isReleased = false;
  private waiting: (() => void)[] = [];

  constructor(private readonly options: PhoneOptions) {
    super();
    const { dialect, format, limits, speaksFirst = true } = options;
    this.codec = codecFor(format);
    this.limits = { ...defaultPhoneLimits, ...limits };
    this.timers = new Timers((timer) => this.dispatch({ kind: 'timer', timer }));
    this.state = expectCall({
      format,
      audio: audioKind(format),
      capabilities: dialect.capabilities,
      limits: this.limits,
      speaksFirst,
    });
  }

  /** For `startSession`. */
  readonly open: OpenClientSide = (options) => {
    this.session = options;
    this.dispatch({ kind: 'awaited' });
    return this;
  };

  /**
   * Takes the carrier's socket, opened with `carrierSocketBounds`, in the tick in which it opened and after the session has
   * started. A call that is over by then, or that has a socket already, closes it.
   */
  attach(socket: WebSocket): void {
    if (this.session === undefined) throw new Error('A phone takes a socket only once its session has started');
    if (this.isReleased || this.leg !== undefined) {
      socket.on('error', () => undefined);
      socket.close(1008, 'carrier_second_start');
      return;
    }
    const { report, limits } = this.session;
    const burst = 2 * limits.messagesPerSecond + this.limits.burstMs / this.options.dialect.capabilities.frameMs;
    const allowance = new Allowance(limits.messagesPerSecond, performance.now(), burst);
    this.leg = new CarrierLeg(socket, this.session, allowance, {
      onMessage: (frame, isBinary) => {
        if (frame.length > carrierMessageBytes) report({ kind: 'end', cause: 'message_too_large' });
        else this.guarded(() => this.dispatch(this.read(this.options.dialect.parse(frame, isBinary))));
      },
      onQuiet: () => this.guarded(() => this.transmit(this.encoder?.mark(lifeSign))),
    });
    this.dispatch({ kind: 'awaited' });
  }

  /** Resolves when everything the model has said so far has been heard, when it is cut off, or when the call is over. */
  heard(): Promise<void> {
    const { state } = this;
    const isQuiet =
      state.phase !== 'on-call' || (state.playback.items.length === 0 && state.session.active.length === 0);
    return isQuiet ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  get lastMessage(): number {
    return this.leg?.lastMessage ?? this.openedAtMs;
  }

  send(data: Buffer | string): void {
    this.dispatch({ kind: 'session', data });
  }

  pause(reason: string): void {
    this.leg?.pause(reason);
  }

  resume(reason: string): void {
    this.leg?.resume(reason);
  }

  release(code: number, reason: string): void {
    this.isReleased = true;
    this.state = { phase: 'over' };
    this.timers.clearAll();
    this.leg?.release(code, reason);
    this.tellHeard();
  }

  private read(event: CarrierEvent): PhoneEvent {
    switch (event.kind) {
      case 'started':
        return { kind: 'started', start: event.start, isExpected: this.accept(event.start) };
      case 'audio': {
        const base64 = this.codec.toSession(event.base64);
        if (base64 === undefined) return { kind: 'carrier', event: { kind: 'fault', fault: 'invalid_audio' } };
        return { kind: 'carrier', event: { ...event, base64 } };
      }
      default:
        return { kind: 'carrier', event };
    }
  }

  private accept(start: CallStart): boolean {
    // A second start is the step's to refuse, and must not be asked about again.
    if (this.encoder !== undefined) return false;
    if (!this.options.admit(start)) return false;
    this.encoder = this.options.dialect.encoder(start);
    const { streamId, callId } = start;
    this.session?.log.info({ carrier: this.options.dialect.name, streamId, callId }, 'Call connected');
    return true;
  }

  protected override handle(event: PhoneEvent): void {
    this.guarded(() => {
      const { state, effects } = phoneStep(this.state, event, performance.now());
      this.state = state;
      effects.forEach((effect) => this.perform(effect));
    });
  }

  /** A fault of the step, a hook or a meter ends this call by name, and no other. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.session?.log.error({ err: error }, 'Phone failed');
      this.session?.report({ kind: 'end', cause: 'internal_error' });
    }
  }

  private perform(effect: PhoneEffect): void {
    switch (effect.kind) {
      case 'play':
        this.encoder?.audio(this.codec.toCarrier(effect.audio)).forEach((message) => this.transmit(message));
        return;
      case 'mark':
        return this.transmit(this.encoder?.mark(effect.name));
      case 'clear':
        this.codec.reset();
        this.transmit(this.encoder?.clear());
        return this.tellHeard();
      case 'say':
        return this.session?.report({ kind: 'client.frame', frame: effect.data, isBinary: false });
      case 'heard':
        this.session?.report({ kind: 'client.heard' });
        return this.tellHeard();
      case 'timer.set':
        return this.timers.set(effect.timer, effect.afterMs);
      case 'timer.clear':
        return this.timers.clear(effect.timer);
      case 'count':
        return this.options.meter?.counted(effect.what, effect.by);
      case 'log':
        return this.session?.log[effect.level](effect.fields, effect.message);
      case 'hung-up':
        return this.session?.report({ kind: 'client.closed' });
      case 'end':
        return this.session?.report({ kind: 'end', cause: effect.cause });
    }
  }

  private transmit(message: CarrierMessage | undefined): void {
    if (message !== undefined) this.leg?.send(message.data, message.isBinary);
  }

  private tellHeard(): void {
    for (const tell of this.waiting.splice(0)) tell();
  }
}
