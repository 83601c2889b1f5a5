import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Beat } from './beat';
import { type Job, jobOf } from './job';
import type { Run } from './runner';

/** What a worker tells: that it has read what it will play, every second, and that its sessions are over. */
export type WorkerReport =
  { readonly kind: 'ready' } | { readonly kind: 'beat'; readonly beat: Beat } | { readonly kind: 'done' };

/** What a worker is told. */
export type WorkerOrder = 'start' | 'stop';

/** How long workers may take to end what is on once they are told to, in milliseconds; what they do not tell by then is not counted. */
const stopMs = 15_000;

/**
 * Starts the workers of a job, all at once when all have read what they will play.
 *
 * @throws what a worker met with; so does `done`. No worker is left running then.
 */
export async function startCrew(job: Job, workers: number, onBeat: (beat: Beat) => void): Promise<Run> {
  const crew = Array.from({ length: workers }, (_, worker) => new CrewMember(jobOf(job, worker, workers), onBeat));
  const dismiss = async () => {
    await Promise.all(crew.map((member) => member.dismiss()));
  };
  try {
    await Promise.all(crew.map(({ ready }) => ready));
  } catch (error) {
    await dismiss();
    throw error;
  }
  const done = Promise.all(crew.map((member) => member.done))
    .then(() => undefined)
    .finally(dismiss);
  for (const member of crew) member.tell('start');
  return { done, stop: () => crew.forEach((member) => member.stop()) };
}

/** A worker thread, from outside. */
class CrewMember {
  readonly #thread: Worker;
  readonly #ready = Promise.withResolvers<undefined>();
  readonly #done = Promise.withResolvers<undefined>();
  #deadline: NodeJS.Timeout | undefined;

  constructor(job: Job, onBeat: (beat: Beat) => void) {
    this.#thread = startThread(job);
    this.#thread.on('message', (report: WorkerReport) => {
      if (report.kind === 'ready') this.#ready.resolve(undefined);
      else if (report.kind === 'beat') onBeat(report.beat);
      else this.#done.resolve(undefined);
    });
    this.#thread.once('error', (error: Error) => this.#fail(error));
    this.#thread.once('exit', (code) =>
      this.#fail(new Error(`A worker of the load generator ended with code ${code}.`)),
    );
    // Whoever waits for one of them hears of a failure; the other is not always waited for.
    this.#ready.promise.catch(() => undefined);
    this.#done.promise.catch(() => undefined);
  }

  get ready(): Promise<undefined> {
    return this.#ready.promise;
  }

  get done(): Promise<undefined> {
    return this.#done.promise;
  }

  tell(order: WorkerOrder): void {
    this.#thread.postMessage(order);
  }

  /** Ends what is on; a worker that is too busy to hear of it does not hold up the others' report. */
  stop(): void {
    this.tell('stop');
    this.#deadline ??= setTimeout(() => this.#done.resolve(undefined), stopMs);
  }

  async dismiss(): Promise<void> {
    clearTimeout(this.#deadline);
    await this.#thread.terminate();
  }

  #fail(error: Error): void {
    this.#ready.reject(error);
    this.#done.reject(error);
  }
}

/** The worker lies beside this file, compiled or not as this file is; a thread has none of its parent's hooks. */
function startThread(job: Job): Worker {
  const extension = extname(__filename);
  return new Worker(join(__dirname, `worker${extension}`), {
    workerData: job,
    execArgv: extension === '.ts' ? ['-r', require.resolve('ts-node/register')] : [],
  });
}
