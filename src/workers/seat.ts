import type { Worker } from 'node:cluster';
import type { Askable } from './gathering';
import type { ToWorker } from './messages';
import { noFailures, type RestartHistory } from './restart-policy';
import type { Topic } from './team';

/** One of the numbered places of workers, as the primary sees it: who sits there changes when one ends. */
export class Seat implements Askable {
  /** How those who sat here have ended lately. */
  history: RestartHistory = noFailures;
  /** Whether anybody who sat here ever listened. */
  hasListened = false;
  #worker: Worker | undefined;
  #isListening = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param number from 1; it stands in the log lines of whoever sits here. */
  constructor(readonly number: number) {}

  get isEmpty(): boolean {
    return this.#worker === undefined;
  }

  occupy(worker: Worker): void {
    this.#worker = worker;
  }

  listens(): void {
    this.hasListened = true;
    this.#isListening = true;
  }

  /** Its worker has ended. */
  leave(): void {
    this.#worker = undefined;
    this.#isListening = false;
  }

  /** Does something after a pause, unless the seat is vacated before. */
  later(act: () => void, pauseMs: number): void {
    this.#timer = setTimeout(act, pauseMs);
  }

  /** Tells its worker to end; nobody takes its place. */
  vacate(): void {
    clearTimeout(this.#timer);
    this.tell({ type: 'drain' });
  }

  kill(): void {
    this.#worker?.process.kill('SIGKILL');
  }

  ask(id: number, topic: Topic): boolean {
    return this.#isListening && this.tell({ type: 'ask', id, topic });
  }

  /** False where nobody hears it. */
  tell(message: ToWorker): boolean {
    if (this.#worker?.isConnected() !== true) return false;
    // One that ends in this moment need not hear it.
    this.#worker.send(message, () => undefined);
    return true;
  }
}
