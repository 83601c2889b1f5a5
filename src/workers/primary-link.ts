import { answerMs } from './gathering';
import type { FromWorker, ToWorker } from './messages';
import type { Gathered, Report, Reporters, Team, Topic } from './team';

/** What a worker hears of the others. */
type FromOthers = Exclude<ToWorker, { readonly type: 'start' | 'drain' }>;

/** The other workers, as one of them reaches them: through the primary. */
export class PrimaryLink implements Team {
  readonly #number: number;
  readonly #workers: number;
  readonly #waiting = new Map<number, (gathered: Gathered<Topic>) => void>();
  #reporters: Reporters | undefined;
  #onTaken: (call: string) => void = () => undefined;
  #lastId = 0;

  /**
   * @param number this worker's
   * @param workers how many there are
   */
  constructor(number: number, workers: number) {
    this.#number = number;
    this.#workers = workers;
  }

  reportWith(reporters: Reporters): void {
    this.#reporters = reporters;
  }

  async gather<Each extends Topic>(topic: Each): Promise<Gathered<Each>> {
    const gathered = (await this.#askPrimary(topic)) ?? (await this.#alone(topic));
    // The primary answers what it was asked.
    return gathered as Gathered<Each>;
  }

  tellTaken(call: string): void {
    tellPrimary({ type: 'taken', call });
  }

  onTaken(listener: (call: string) => void): void {
    this.#onTaken = listener;
  }

  async hear(message: FromOthers): Promise<void> {
    switch (message.type) {
      case 'ask':
        await this.#answer(message.id, message.topic);
        return;
      case 'gathered':
        this.#waiting.get(message.id)?.(message.gathered);
        return;
      case 'taken':
        this.#onTaken(message.call);
        return;
    }
  }

  async #answer(id: number, topic: Topic): Promise<void> {
    if (this.#reporters === undefined) return;
    // What a reporter of a topic says is about that topic.
    const said = { topic, report: await this.#reporters[topic]() } as Report;
    tellPrimary({ type: 'answer', id, ...said });
  }

  /** Undefined where there is no primary any more, or none that answers. */
  #askPrimary(topic: Topic): Promise<Gathered<Topic> | undefined> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      const finish = (gathered?: Gathered<Topic>) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(gathered);
      };
      const timer = setTimeout(finish, 2 * answerMs);
      this.#waiting.set(id, finish);
      if (!tellPrimary({ type: 'gather', id, topic })) finish();
    });
  }

  async #alone(topic: Topic): Promise<Gathered<Topic>> {
    const report = await this.#reporters?.[topic]();
    const numbers = Array.from({ length: this.#workers }, (_, index) => index + 1);
    return {
      answers: report === undefined ? [] : [{ worker: this.#number, report }],
      silent: numbers.filter((number) => number !== this.#number),
      kept: [],
      restarts: 0,
    };
  }
}

/** False where there is no primary any more. */
export function tellPrimary(message: FromWorker): boolean {
  if (process.send === undefined || !process.connected) return false;
  // One that ends in this moment need not hear it.
  process.send(message, undefined, undefined, () => undefined);
  return true;
}
