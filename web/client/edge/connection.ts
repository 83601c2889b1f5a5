import { type JsonObject } from '../core/json';
import { type Refused } from '../core/model';
import { CallError } from '../errors';
import { tokenFrom, type TokenSource } from './token';
import { askWhyRefused } from './why-refused';

/** What a connection tells. After `onRefused` or `onClosed` nothing more. */
export interface ConnectionEvents {
  readonly onMessage: (text: string) => void;
  readonly onRefused: (why: Refused) => void;
  readonly onClosed: (code: number, reason: string) => void;
}

/** One connection to the relay, from the look for a token to its end. */
export class Connection {
  private socket: WebSocket | undefined;
  private isOver = false;
  /** When something last went through, and what waited then. */
  private readonly progress = { atMs: 0, backlog: 0 };

  constructor(
    private readonly url: string,
    token: TokenSource,
    private readonly events: ConnectionEvents,
  ) {
    void this.open(token);
  }

  /** Says something to the relay; lost where there is nobody to hear it. */
  send(event: JsonObject): void {
    const socket = this.openSocket();
    if (socket === undefined) return;
    socket.send(JSON.stringify(event));
    this.progress.backlog = socket.bufferedAmount;
  }

  /** Whether what is said now is sent soon; else what only makes sense now is better left out. */
  keepsUp(): boolean {
    const socket = this.openSocket();
    return socket !== undefined && socket.bufferedAmount <= mostBehindBytes;
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.socket?.close(1000);
  }

  private async open(source: TokenSource): Promise<void> {
    const token = await tokenFrom(source);
    if (this.isOver) return;
    if (typeof token === 'string') this.dial(token);
    else this.end(() => this.events.onRefused(token));
  }

  private dial(token: string): void {
    const socket = socketTo(this.url, token);
    if (socket === undefined) {
      this.end(() => this.events.onRefused({ kind: 'final', error: new CallError('token_refused') }));
      return;
    }
    this.socket = socket;
    let wasOpen = false;
    socket.onopen = () => (wasOpen = true);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!this.isOver && typeof data === 'string') this.events.onMessage(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (wasOpen) this.end(() => this.events.onClosed(code, reason));
      else if (!this.isOver)
        void askWhyRefused(this.url, token).then((why) => this.end(() => this.events.onRefused(why)));
    };
  }

  /** A dead line looks like one that is only slow, until nothing at all has gone through for too long. */
  private openSocket(): WebSocket | undefined {
    const { socket, progress } = this;
    if (this.isOver || socket?.readyState !== WebSocket.OPEN) return undefined;
    const nowMs = performance.now();
    const { bufferedAmount } = socket;
    if (bufferedAmount === 0 || bufferedAmount < progress.backlog) progress.atMs = nowMs;
    progress.backlog = bufferedAmount;
    if (nowMs - progress.atMs < deadAfterMs) return socket;
    socket.close();
    this.end(() => this.events.onClosed(1006, ''));
    return undefined;
  }

  private end(tell: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    tell();
  }
}

/** Undefined for a token that cannot be handed over as a subprotocol, as every real one can (protocol reference, section 1.1). */
function socketTo(url: string, token: string): WebSocket | undefined {
  try {
    return new WebSocket(url, ['realtime', `openai-insecure-api-key.${token}`]);
  } catch {
    return undefined;
  }
}

/** Some 1.5 s of speech. */
const mostBehindBytes = 128 * 1_024;

const deadAfterMs = 10_000;
