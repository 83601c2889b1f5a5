import cluster from 'node:cluster';
import type { RelayConfig } from '../config';
import { drainLimits } from '../drain';
import type { Logger } from '../log';
import { Gathering } from './gathering';
import { LastWords } from './last-words';
import type { FromWorker, SentConfig } from './messages';
import { nextStart } from './restart-policy';
import { Seat } from './seat';
import type { Topic } from './team';

/** What a primary is made with. */
export interface PrimaryOptions {
  readonly config: RelayConfig;
  readonly log: Logger;
  /** Called once, when every worker has listened. */
  readonly onListening: (url: string) => void;
}

/** How a worker ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Milliseconds it ran. */
  readonly ranMs: number;
}

/** Beyond what a relay gives itself to stop, milliseconds until a worker that has not ended is killed. */
const graceMs = 2_000;

/** Where a worker's own exit code says nothing. */
const failedCode = 1;

/**
 * Serves nobody itself, but keeps `config.workers` processes running that share one address. Connections are dealt to them in
 * turn: they last, and an uneven choice would stay uneven for as long as they do.
 *
 * The first worker shows whether it can be done: if it ends before it listens, all is over. The others are started after it,
 * and whichever ends from then on is started again, after a pause that grows while that goes on.
 */
export class Primary {
  /** Resolves with the exit code when all is over: 0 where all ended as they should. */
  readonly ended: Promise<number>;
  readonly #options: PrimaryOptions;
  readonly #config: SentConfig;
  readonly #end: (exitCode: number) => void;
  readonly #gathering = new Gathering();
  readonly #lastWords = new LastWords();
  readonly #first = new Seat(1);
  readonly #seats: readonly Seat[];
  #restarts = 0;
  #isAnnounced = false;
  #isStopping = false;
  #hasKilled = false;

  constructor(options: PrimaryOptions) {
    const { config } = options;
    this.#options = options;
    this.#config = sentConfig(config);
    const others = Array.from({ length: config.workers - 1 }, (_, index) => new Seat(index + 2));
    this.#seats = [this.#first, ...others];
    const { promise, resolve } = Promise.withResolvers<number>();
    this.ended = promise;
    this.#end = resolve;
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.setupPrimary({ exec: require.resolve('../worker'), args: [], serialization: 'advanced' });
    this.#fill(this.#first);
  }

  /** Tells all workers to end as a relay ends, and sees to it that they do. Further times do nothing. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const seat of this.#seats) seat.vacate();
    const { drainMs, settleMs } = drainLimits(this.#options.config);
    const longestMs = drainMs + settleMs + graceMs;
    setTimeout(() => {
      this.#options.log.error({ longestMs }, 'Workers that have not stopped in time are killed');
      this.kill();
    }, longestMs).unref();
    this.#endIfEmpty();
  }

  /** Ends all workers at once. */
  kill(): void {
    this.#hasKilled = true;
    for (const seat of this.#seats) seat.kill();
  }

  #fill(seat: Seat): void {
    const worker = cluster.fork();
    const startedMs = performance.now();
    seat.occupy(worker);
    const ended = (code: number | null, signal: string | null) => {
      // What is still on its way from it would be taken for its successor's.
      worker.removeAllListeners('message');
      seat.leave();
      this.#lastWords.ended(seat.number);
      this.#gathering.ended(seat.number);
      this.#exited(seat, { code, signal, ranMs: Math.round(performance.now() - startedMs) });
    };
    worker.on('message', (message: FromWorker) => this.#hear(seat, message));
    worker.once('exit', ended);
    worker.on('error', (error) => {
      if (worker.process.pid !== undefined) return;
      // What was never started has no exit either.
      this.#options.log.error({ worker: seat.number, err: error }, 'Worker cannot be started');
      ended(null, null);
    });
  }

  #hear(seat: Seat, message: FromWorker): void {
    switch (message.type) {
      case 'awake':
        seat.tell(this.#isStopping ? { type: 'drain' } : { type: 'start', number: seat.number, config: this.#config });
        return;
      case 'listening':
        this.#listens(seat, message.url);
        return;
      case 'answer':
        this.#lastWords.heard(seat.number, message);
        this.#gathering.answered(message.id, seat.number, message.report);
        return;
      case 'gather':
        void this.#gather(seat, message.id, message.topic);
        return;
      case 'taken':
        for (const other of this.#seats) if (other !== seat) other.tell(message);
        return;
    }
  }

  async #gather(seat: Seat, id: number, topic: Topic): Promise<void> {
    const { answers, silent } = await this.#gathering.gather(topic, this.#seats);
    const kept = this.#lastWords.of(topic, silent);
    seat.tell({ type: 'gathered', id, gathered: { answers, silent, kept, restarts: this.#restarts } });
  }

  #listens(seat: Seat, url: string): void {
    const isFirstEver = seat === this.#first && !seat.hasListened;
    seat.listens();
    if (this.#isStopping) return;
    if (isFirstEver) this.#seats.filter((each) => each !== seat).forEach((other) => this.#fill(other));
    if (this.#isAnnounced || !this.#seats.every(({ hasListened }) => hasListened)) return;
    this.#isAnnounced = true;
    this.#options.onListening(url);
  }

  #exited(seat: Seat, exit: Exit): void {
    const { log } = this.#options;
    const fields = { worker: seat.number, ...exit };
    if (this.#isStopping) {
      if (exit.code !== 0) log.error(fields, 'Worker did not stop as it should');
      this.#endIfEmpty();
    } else if (this.#first.hasListened) {
      this.#startAgain(seat, exit);
    } else {
      log.fatal(fields, 'The first worker could not start');
      this.#end(exit.code || failedCode);
    }
  }

  #startAgain(seat: Seat, exit: Exit): void {
    const { pauseMs, history } = nextStart(seat.history, exit.ranMs);
    seat.history = history;
    this.#restarts += 1;
    const fields = { worker: seat.number, ...exit, pauseMs };
    this.#options.log.error(fields, 'Worker has ended: another one is started in its place');
    seat.later(() => this.#fill(seat), pauseMs);
  }

  #endIfEmpty(): void {
    if (this.#seats.every(({ isEmpty }) => isEmpty)) this.#end(this.#hasKilled ? failedCode : 0);
  }
}

function sentConfig({ tools, ...config }: RelayConfig): SentConfig {
  return { ...config, hasTools: tools.length > 0 };
}
