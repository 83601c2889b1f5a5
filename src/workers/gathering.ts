import type { Gathered, Reports, Topic } from './team';

/** A worker that should run; it may not. */
export interface Askable {
  readonly number: number;
  /** Puts a question; false where it cannot hear. */
  ask(id: number, topic: Topic): boolean;
}

/** Milliseconds workers have to answer. */
export const answerMs = 1_000;

/** The primary's part in gathering: puts a question to all, and collects what comes in time. */
export class Gathering {
  readonly #rounds = new Map<number, Round>();
  #lastId = 0;

  gather(topic: Topic, workers: readonly Askable[]): Promise<Omit<Gathered<Topic>, 'kept' | 'restarts'>> {
    const id = (this.#lastId += 1);
    const asked = workers.filter((worker) => worker.ask(id, topic)).map(({ number }) => number);
    return new Promise((resolve) => {
      const answers = new Map<number, Reports[Topic]>();
      const finish = () => {
        clearTimeout(timer);
        this.#rounds.delete(id);
        const numbers = workers.map(({ number }) => number).sort((one, other) => one - other);
        resolve({
          answers: numbers.flatMap((worker) => {
            const report = answers.get(worker);
            return report === undefined ? [] : { worker, report };
          }),
          silent: numbers.filter((worker) => !answers.has(worker)),
        });
      };
      const timer = setTimeout(finish, answerMs);
      this.#rounds.set(id, { answers, waiting: new Set(asked), finish });
      if (asked.length === 0) finish();
    });
  }

  /** A worker has answered. What comes late is dropped. */
  answered(id: number, worker: number, report: Reports[Topic]): void {
    const round = this.#rounds.get(id);
    round?.answers.set(worker, report);
    if (round !== undefined) stopWaiting(round, worker);
  }

  /** A worker has ended: nothing more is waited for from it, and what it answered is about nobody any more. */
  ended(worker: number): void {
    for (const round of this.#rounds.values()) {
      round.answers.delete(worker);
      stopWaiting(round, worker);
    }
  }
}

/** A question that was put. */
interface Round {
  readonly answers: Map<number, Reports[Topic]>;
  /** Who has not answered yet. */
  readonly waiting: Set<number>;
  readonly finish: () => void;
}

function stopWaiting({ waiting, finish }: Round, worker: number): void {
  if (waiting.delete(worker) && waiting.size === 0) finish();
}
