import type { CallEvent, CallHappening, Ending } from './call-event';
import { CallHistory, type UntilOptions } from './call-history';
import type { Spoken } from './caller-line';
import type { Clock } from './clock';
import { type Complaint, complaint } from './complaint';
import type { Dialect, Frame } from './dialect';
import type { Network } from './link';
import type { Opened, StreamEnd } from './media-socket';
import { MediaStream, type Tamper } from './media-stream';
import type { Gap, HeardSpan } from './playback';
import { seededRandom } from './random';
import type { Route } from './route';
import type { Sound } from './sound';

/** What every call may be given. */
export interface CallOptions {
  /** The caller's number. Default `+15550001111`. */
  readonly from?: string;
  /** The number called. Default `+15550002222`. */
  readonly to?: string;
  /** The call's time. Default: the carrier's. */
  readonly clock?: Clock;
  readonly network?: Network;
  /** The share of silence, 0 to 1, that the caller's phone does not transmit. Default 0. */
  readonly silenceSuppression?: number;
  /** Makes chance repeatable. Default 1. */
  readonly seed?: number;
  /** How the one the call is transferred to answers. Default `answered`. */
  readonly transferOutcome?: TransferOutcome;
  /** Whether pings on the media socket are answered. Default true. */
  readonly answersPings?: boolean;
  /** How long the media socket's handshake may take, in real milliseconds. Default 10,000. */
  readonly connectMs?: number;
  /** How many events are remembered. Default 50,000. */
  readonly maxEvents?: number;
  /** Changes what the carrier sends on the media socket, to see what the relay makes of it. */
  readonly tamper?: Tamper;
}

export type TransferOutcome = 'answered' | 'busy' | 'no-answer' | 'failed';

/** Where to connect the call's audio. */
export interface StreamTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly dialect: Dialect;
  /** Called as soon as the relay let the carrier in. */
  readonly onOpen?: () => void;
}

/** A call as the caller and a test see it: each carrier's own kind knows how the carrier goes about it. */
export abstract class PhoneCall {
  readonly from: string;
  readonly to: string;
  readonly clock: Clock;
  /** What the carrier would refuse or log as an error; a good relay leaves it empty. */
  readonly complaints: Complaint[] = [];
  /** Accepted, but a listener or an operator would notice. */
  readonly remarks: Complaint[] = [];
  readonly history: CallHistory;
  protected readonly options: CallOptions;
  private media: MediaStream | undefined;
  private readonly conclusion = Promise.withResolvers<Ending>();
  private outcome: Ending | undefined;

  constructor(
    /** The carrier's id of the call. */
    readonly id: string,
    options: CallOptions,
    private readonly setup: { readonly clock: Clock; readonly route: Route },
  ) {
    this.options = options;
    this.from = options.from ?? '+15550001111';
    this.to = options.to ?? '+15550002222';
    this.clock = options.clock ?? setup.clock;
    this.history = new CallHistory(this.clock, options.maxEvents ?? 50_000);
  }

  /** How the call ended, when it has. */
  get ended(): Promise<Ending> {
    return this.conclusion.promise;
  }

  get ending(): Ending | undefined {
    return this.outcome;
  }

  /** What became of each of the relay's audio messages, in order. */
  get heard(): readonly HeardSpan[] {
    return this.media?.ear.heard ?? [];
  }

  /** How much of the relay's audio the caller has heard, in milliseconds. */
  get heardMs(): number {
    return this.media?.ear.heardMs ?? 0;
  }

  /** How much is queued at the carrier and not heard yet, in milliseconds. */
  get queuedMs(): number {
    return this.media?.ear.queuedMs ?? 0;
  }

  /** The silences between what the caller heard. */
  get gaps(): readonly Gap[] {
    return this.media?.ear.gaps ?? [];
  }

  /** What the caller heard, in the carrier's format, without the silences. */
  get heardAudio(): Buffer {
    return this.media?.ear.heardAudio() ?? Buffer.alloc(0);
  }

  /** Frames of the caller's voice sent, and left out because they were silent. */
  get voiceFrames(): { readonly sent: number; readonly suppressed: number } {
    return this.media?.voiceFrames ?? { sent: 0, suppressed: 0 };
  }

  /** Waits for something to happen, or takes it if it has; see `CallHistory.until`. */
  until<Type extends CallHappening['type']>(type: Type, options?: UntilOptions<Type>): Promise<CallEvent<Type>> {
    return this.history.until(type, options);
  }

  /** Waits until the caller has heard so much in all, in milliseconds. */
  async untilHeard(ms: number): Promise<void> {
    for (let missing = ms - this.heardMs; missing > 0; missing = ms - this.heardMs) {
      const { lastIndex } = this.history;
      if (this.queuedMs === 0) await this.until('audio', { after: lastIndex });
      else await this.passes(Math.min(missing, this.queuedMs));
    }
  }

  /** Waits for so much of the call's time, in milliseconds. */
  passes(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.at(this.clock.now() + ms, resolve));
  }

  /**
   * The caller says something, after what is being said. Resolves when the last of it is on its way.
   * @throws Error if the call has no media socket.
   */
  say(sound: Sound): Promise<Spoken> {
    return this.stream().say(sound);
  }

  /** The caller presses keys: `0` to `9`, `*`, `#`, `A` to `D`. */
  press(digits: string): void {
    for (const digit of digits) this.stream().press(digit);
  }

  /** The caller hangs up. */
  hangUp(): void {
    this.end({ kind: 'completed', by: 'caller' });
  }

  /** Sends a frame on the media socket, be it what the carrier would say or not. */
  inject(frame: Frame): void {
    this.stream().inject(frame);
  }

  /** The media socket breaks without a close frame. */
  dropStream(): void {
    this.media?.drop();
  }

  /** Does what the carrier does when the phone rings. Returns how the call ended. */
  protected abstract run(): Promise<Ending>;

  /** Begins the call. */
  protected begin(): void {
    void this.run().then(
      (ending) => this.end(ending),
      (error: unknown) => this.conclusion.reject(error),
    );
  }

  protected get isOver(): boolean {
    return this.outcome !== undefined;
  }

  protected complain(fault: Complaint): void {
    this.complaints.push(fault);
    this.history.add({ type: 'complaint', complaint: fault });
  }

  /** Connects the call to a media socket and waits until that is closed. */
  protected async connect(target: StreamTarget): Promise<Extract<Opened, { kind: 'refused' }> | StreamEnd> {
    const { network = {}, silenceSuppression = 0, seed = 1, answersPings = true, connectMs = 10_000 } = this.options;
    const media = new MediaStream({
      url: target.url,
      headers: target.headers,
      protocols: target.protocols ?? [],
      dialect: target.dialect,
      route: this.setup.route,
      clock: this.clock,
      random: seededRandom(seed),
      network,
      silenceSuppression,
      answersPings,
      connectMs,
      tamper: this.options.tamper,
      history: this.history,
      complain: (fault) => this.complain(fault),
      remark: (remark) => this.remarks.push(remark),
    });
    this.media = media;
    const opened = await media.open();
    if (opened.kind === 'refused') return opened;
    target.onOpen?.();
    // The caller may have hung up while the phone was still being connected.
    if (this.isOver) media.leave();
    return media.closed;
  }

  /** The carrier ends the media stream, not the call. */
  protected leaveStream(): void {
    this.media?.leave();
  }

  /** The call is over, once. */
  protected end(ending: Ending): void {
    if (this.isOver) return;
    this.outcome = ending;
    this.media?.leave();
    this.history.add({ type: 'ended', ending });
    this.conclusion.resolve(ending);
  }

  /** As `complain`, and as an ending. */
  protected fail(code: string, message: string): Ending {
    const fault = complaint(code, message);
    this.complain(fault);
    return { kind: 'failed', complaint: fault };
  }

  private stream(): MediaStream {
    if (this.media === undefined) throw new Error(`Call ${this.id} has no media stream yet: wait for 'stream_opened'.`);
    return this.media;
  }
}
