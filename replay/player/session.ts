import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Measure, Outcome, Play, PlayEvent, PlayState } from './model';
import { seenInFrame } from './seen';
import { begin, step } from './step';

/** Where sessions are opened. */
export interface Target {
  /** A `ws:` or `wss:` URL. */
  readonly url: string;
  /** Sent with the handshake, the credential among them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Is told what becomes of a session. */
export interface SessionListener {
  /** The connection is open. */
  opened(): void;
  measured(measure: Measure, ms: number): void;
  /** The server sent an error event. */
  erred(code: string): void;
  /** It is over, and its connection released. */
  ended(outcome: Outcome): void;
}

/** A session under way. */
export interface RunningSession {
  /** Ends it as soon as possible; `ended` follows. */
  stop(): void;
}

/** How long it may take until a connection is open, or refused with a reason, in milliseconds. */
const connectMs = 10_000;

/** How often a sign of life is asked for, which tells how long the way there and back takes, in milliseconds. */
const pingEveryMs = 5_000;

/** A server that leaves so much unread, in bytes, is given up. */
const maxUnreadBytes = 8 * 1024 * 1024;

/** The longest a timer of Node's can wait, in milliseconds; it is looked again then. */
const longestTimerMs = 2 ** 31 - 1;

/** The longest message that is taken, in bytes. */
const maxMessageBytes = 32 * 1024 * 1024;

/**
 * Plays a script over a connection of its own.
 *
 * @param dueMs when it was to begin, by `performance.now()`.
 */
export function playSession(
  play: Play,
  target: Target,
  listener: SessionListener,
  dueMs = performance.now(),
): RunningSession {
  return new PlayedSession(play, target, listener, dueMs);
}

class PlayedSession implements RunningSession {
  readonly #socket: WebSocket;
  #state: PlayState;
  #timer: NodeJS.Timeout | undefined;
  #pings: NodeJS.Timeout | undefined;
  #pingedMs: number | undefined;
  /** What happens while an event is dealt with waits for its turn. */
  readonly #events: PlayEvent[] = [];
  #isBusy = false;

  constructor(
    private readonly play: Play,
    { url, headers }: Target,
    private readonly listener: SessionListener,
    dueMs: number,
  ) {
    this.#state = begin(dueMs);
    this.#socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
    });
    this.#follow();
    this.#wakeAt(performance.now() + connectMs);
  }

  stop(): void {
    this.#take({ kind: 'stopped', atMs: performance.now() });
  }

  #follow(): void {
    const socket = this.#socket;
    socket.on('open', () => {
      this.listener.opened();
      this.#ping();
      this.#pings = setInterval(() => this.#ping(), pingEveryMs);
      this.#take({ kind: 'opened', atMs: performance.now() });
    });
    socket.on('message', (data: Buffer) => {
      const atMs = performance.now();
      const seen = seenInFrame(data);
      if (seen !== undefined) this.#take({ kind: 'received', seen, atMs });
    });
    socket.on('pong', () => {
      if (this.#pingedMs !== undefined) this.listener.measured('ping', performance.now() - this.#pingedMs);
      this.#pingedMs = undefined;
    });
    socket.on('unexpected-response', (request, response) => {
      void refusalIn(response).then((code) => {
        request.destroy();
        this.#take({ kind: 'refused', code, atMs: performance.now() });
      });
    });
    socket.on('error', (error) => this.#take({ kind: 'refused', code: codeOf(error), atMs: performance.now() }));
    socket.on('close', (code, reason) => {
      this.#take({ kind: 'closed', cause: causeOf(code, reason.toString()), atMs: performance.now() });
    });
  }

  #ping(): void {
    // One that is still under way measures on.
    if (this.#pingedMs !== undefined || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#pingedMs = performance.now();
    this.#socket.ping();
  }

  #take(event: PlayEvent): void {
    this.#events.push(event);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#perform(next);
    this.#isBusy = false;
  }

  #perform(event: PlayEvent): void {
    const { state, effects } = step(this.play, this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
          this.#send(effect.frame, effect.dueMs);
          break;
        case 'wake':
          this.#wakeAt(effect.atMs);
          break;
        case 'hang_up':
          this.#socket.close(1000);
          break;
        case 'measured':
          this.listener.measured(effect.measure, effect.ms);
          break;
        case 'error':
          this.listener.erred(effect.code);
          break;
        case 'ended':
          this.#release();
          this.listener.ended(effect.outcome);
      }
    }
  }

  #send(frame: string, dueMs: number): void {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(frame);
    this.listener.measured('lateness', performance.now() - dueMs);
    if (socket.bufferedAmount <= maxUnreadBytes) return;
    this.#take({ kind: 'closed', cause: 'server_not_reading', atMs: performance.now() });
  }

  #wakeAt(atMs: number): void {
    clearTimeout(this.#timer);
    const waitMs = Math.min(longestTimerMs, Math.max(0, Math.ceil(atMs - performance.now())));
    this.#timer = setTimeout(() => this.#take({ kind: 'woken', atMs: performance.now() }), waitMs);
  }

  #release(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#pings);
    this.#socket.terminate();
  }
}

/** Such as `http_429 too_many_sessions`: the status, and the code of the body where it has one. */
async function refusalIn(response: IncomingMessage): Promise<string> {
  const status = `http_${response.statusCode ?? 0}`;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Without an encoding a response gives Buffers.
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxRefusalBytes) return status;
    }
    const body = refusalSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    return body.success ? `${status} ${body.data.error.code}` : status;
  } catch {
    return status;
  }
}

const maxRefusalBytes = 16_384;

/** The body of an HTTP error. A code is a short name and nothing else. */
const refusalSchema = z.object({ error: z.object({ code: z.string().regex(/^\w{1,64}$/) }) });

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : 'connection_failed';
}

/** The reason of a close frame, where it is a short name, else its code. */
function causeOf(code: number, reason: string): string {
  return /^\w{1,64}$/.test(reason) ? reason : String(code);
}
