import { type Edge } from './edge';

/** A moment by which something has to be over. Give it up with `clear`, or its timer keeps the process alive. */
export class Deadline {
  readonly #edge: Pick<Edge, 'monotonicMs'>;
  readonly #atMs: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /** The moment `ms` milliseconds from now. */
  constructor(ms: number, edge: Pick<Edge, 'monotonicMs'>) {
    this.#edge = edge;
    this.#atMs = edge.monotonicMs() + ms;
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }

  /** Aborted at the deadline. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the moment has come. */
  get isOver(): boolean {
    return this.signal.aborted || this.remainingMs() <= 0;
  }

  /** Milliseconds left; negative afterwards. */
  remainingMs(): number {
    return this.#atMs - this.#edge.monotonicMs();
  }

  /** What the work resolves to, or undefined at the deadline. A work that rejects rejects here too, if in time. */
  async race<T>(work: Promise<T>): Promise<T | undefined> {
    if (this.isOver) return undefined;
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    const onAbort = (): void => resolve(undefined);
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work, over]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Nothing waits for it any more; the signal will not abort. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
