import { type Dispatcher } from 'undici';
import { failureCode } from './failure-code';

/** One request and how far it got. */
export type Exchange =
  /** No byte of it was handed to a connection. */
  | { readonly kind: 'not_started'; readonly code: string }
  /** Bytes may have left, and no answer came. */
  | { readonly kind: 'no_answer'; readonly code: string }
  /** The head of an answer came; of its body what was there in time, at most `maxAnswerBytes`. */
  | {
      readonly kind: 'answered';
      readonly httpStatus: number;
      readonly retryAfter: string | undefined;
      readonly body: Buffer;
    };

export interface ExchangeRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Most of an answer's body that is read, in bytes. */
export const maxAnswerBytes = 65_536;

/** How long the body of an answer may take after its head, in milliseconds: nothing depends on it. */
export const answerBodyMs = 1_000;

/**
 * Posts once and reports how far it got. Never rejects.
 *
 * The evidence is undici's `onRequestStart`: it is called for this very request right before its first byte is written
 * to a connection that is already up (for TLS, whose handshake is done), and whatever fails before never calls it. An
 * abort inside it stops the request before the byte. Error codes prove nothing: a broken TLS handshake and a broken
 * answer can have the same one.
 *
 * When `signal` aborts, the exchange ends at once with what is known by then; a request that still waits for its
 * connection will not be started any more.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest, signal: AbortSignal): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(signal, resolve);
    dispatcher.dispatch({ method: 'POST', ...request }, handler);
  });
}

type Progress =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'started'; readonly controller: Dispatcher.DispatchController }
  | {
      readonly kind: 'answered';
      readonly controller: Dispatcher.DispatchController;
      readonly httpStatus: number;
      readonly retryAfter: string | undefined;
      readonly chunks: Buffer[];
      readonly bodyTimer: NodeJS.Timeout;
    }
  | { readonly kind: 'over' };

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #progress: Progress = { kind: 'waiting' };
  readonly #signal: AbortSignal;
  readonly #resolve: (exchange: Exchange) => void;

  constructor(signal: AbortSignal, resolve: (exchange: Exchange) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    signal.addEventListener('abort', this.#onDeadline, { once: true });
    if (signal.aborted) this.#onDeadline();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#progress.kind === 'waiting') this.#progress = { kind: 'started', controller };
    // Over: the deadline passed while it waited. Started: undici would write it a second time. Neither may leave.
    else controller.abort(new Error('The exchange is over.'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#progress.kind !== 'started' || httpStatus < 200) return;
    const retryAfter = headers['retry-after'];
    this.#progress = {
      kind: 'answered',
      controller,
      httpStatus,
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
      chunks: [],
      bodyTimer: setTimeout(this.#onDeadline, answerBodyMs),
    };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#progress.kind !== 'answered') return;
    const { chunks } = this.#progress;
    const room = maxAnswerBytes - chunks.reduce((sum, { length }) => sum + length, 0);
    chunks.push(Buffer.from(chunk.subarray(0, room)));
    if (chunk.length > room) this.#onDeadline();
  }

  onResponseEnd(): void {
    this.#end('closed');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(failureCode(error));
  }

  /** Waits no longer: reports what is known and lets go of the connection, on which something is still to come. */
  readonly #onDeadline = (): void => {
    const progress = this.#progress;
    this.#end('timeout');
    if (progress.kind === 'started' || progress.kind === 'answered') {
      progress.controller.abort(new Error('The exchange is over.'));
    }
  };

  #end(code: string): void {
    const progress = this.#progress;
    this.#progress = { kind: 'over' };
    this.#signal.removeEventListener('abort', this.#onDeadline);
    switch (progress.kind) {
      case 'waiting':
        this.#resolve({ kind: 'not_started', code });
        return;
      case 'started':
        this.#resolve({ kind: 'no_answer', code });
        return;
      case 'answered': {
        const { httpStatus, retryAfter, chunks, bodyTimer } = progress;
        clearTimeout(bodyTimer);
        this.#resolve({ kind: 'answered', httpStatus, retryAfter, body: Buffer.concat(chunks) });
        return;
      }
      case 'over':
    }
  }
}
