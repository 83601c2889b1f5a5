import { type Worker } from 'node:worker_threads';
import { StoreUnavailableError } from './errors';
import { type Reply, type ToWorker, monotonicMs } from './worker-message';

export interface WorkerLinkOptions<Answer = unknown> {
  /** How long a request may take, waiting included, in milliseconds. */
  readonly timeoutMs: number;
  /** How many requests may be unanswered before further ones are refused at once (`slow`). Default 10,000. */
  readonly maxUnanswered?: number;
  /** How long `close` lets the worker finish before it is ended by force, in milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** Told of every answer before whoever asked is, also where nobody waits for it any more. */
  readonly onAnswer?: (answer: Answer) => void;
}

/**
 * Requests to a worker thread, each with a deadline. A worker that hangs makes requests fail with `slow`; one that is
 * gone makes them fail with `down`, the waiting ones and all later ones. It is not started again: a program whose store
 * has failed in a way nobody foresaw is better restarted.
 */
export class WorkerLink<Request, Answer> {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  readonly #maxUnanswered: number;
  readonly #closeTimeoutMs: number;
  readonly #onAnswer: (answer: Answer) => void;
  readonly #exited: Promise<void>;
  readonly #unanswered = new Map<number, Waiting<Answer>>();
  #nextId = 1;
  /** Why no request is taken any more; undefined while the link is up. */
  #refusal: string | undefined;

  /** @param worker takes `ToWorker<Request>` messages and answers each request with a `Reply<Answer>`, in arrays */
  constructor(worker: Worker, options: WorkerLinkOptions<Answer>) {
    const { timeoutMs, maxUnanswered = 10_000, closeTimeoutMs = 5_000, onAnswer = () => undefined } = options;
    this.#worker = worker;
    this.#timeoutMs = timeoutMs;
    this.#maxUnanswered = maxUnanswered;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#onAnswer = onAnswer;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (replies: readonly Reply<Answer>[]) => replies.forEach((reply) => this.#settle(reply)));
    worker.on('error', (error: unknown) => this.#fail('The worker of the store has failed.', error));
    worker.on('exit', () => this.#fail('The worker of the store has ended.'));
  }

  /** @throws StoreUnavailableError */
  request(request: Request): Promise<Answer> {
    if (this.#refusal !== undefined) return Promise.reject(new StoreUnavailableError('down', this.#refusal));
    if (this.#unanswered.size >= this.#maxUnanswered) {
      return Promise.reject(new StoreUnavailableError('slow', 'Too many requests to the store are unanswered.'));
    }
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const tooLate = (): void => {
        reject(new StoreUnavailableError('slow', `The store did not answer within ${this.#timeoutMs} ms.`));
      };
      // After a stall of this thread timers run before messages: an answer that has come already is heard first.
      // What is too late stays listed until the worker has dealt with it, as it still takes up room in the queue.
      const timer = setTimeout(() => setImmediate(tooLate), this.#timeoutMs);
      this.#unanswered.set(id, { resolve, reject, timer });
      this.#post({ type: 'request', id, expiresAtMs: monotonicMs() + this.#timeoutMs, request });
    });
  }

  /** Lets the worker finish what was asked before, then ends it. Resolves once it is gone. */
  async close(): Promise<void> {
    if (this.#refusal === undefined) {
      this.#refusal = 'The store is closed.';
      this.#post({ type: 'close' });
    }
    const force = setTimeout(() => void this.#worker.terminate(), this.#closeTimeoutMs);
    await this.#exited;
    clearTimeout(force);
  }

  #post(message: ToWorker<Request>): void {
    this.#worker.postMessage(message);
  }

  #settle(reply: Reply<Answer>): void {
    if (reply.ok) this.#onAnswer(reply.answer);
    const waiting = this.#unanswered.get(reply.id);
    if (!waiting) return;
    this.#unanswered.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.ok) waiting.resolve(reply.answer);
    else waiting.reject(new StoreUnavailableError(reply.reason, reply.message));
  }

  #fail(why: string, cause?: unknown): void {
    this.#refusal ??= why;
    for (const { reject, timer } of this.#unanswered.values()) {
      clearTimeout(timer);
      reject(new StoreUnavailableError('down', why, { cause }));
    }
    this.#unanswered.clear();
  }
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: StoreUnavailableError) => void;
  readonly timer: NodeJS.Timeout;
}
