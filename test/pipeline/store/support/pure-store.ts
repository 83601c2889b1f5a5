import {
  type AnswerTo,
  type Claim,
  type Command,
  type CommandType,
  type IntentRecord,
  type IntentStore,
  keyText,
  type Reclaim,
  type Resolve,
  type Settle,
  type StartSending,
  type Sweep,
} from '../../../../pipeline/store/store';
import { sweepRecords } from '../../../../pipeline/store/sweep';
import { transition } from '../../../../pipeline/store/transition';

/** The rules alone, over a map. */
export class PureStore implements Pick<
  IntentStore,
  'claim' | 'reclaim' | 'startSending' | 'settle' | 'resolve' | 'sweep'
> {
  readonly #records = new Map<string, IntentRecord>();

  constructor(private readonly now: () => number) {}

  claim = (claim: Claim) => this.#do({ type: 'claim', ...claim });
  reclaim = (reclaim: Reclaim) => this.#do({ type: 'reclaim', ...reclaim });
  startSending = (start: StartSending) => this.#do({ type: 'startSending', ...start });
  settle = (settle: Settle) => this.#do({ type: 'settle', ...settle });
  resolve = (resolve: Resolve) => this.#do({ type: 'resolve', ...resolve });
  sweep = (sweep: Sweep) =>
    Promise.resolve(sweepRecords([...this.#records.values()], sweep, (command) => this.#apply(command)));

  #do<T extends CommandType>(command: Command<T>): Promise<AnswerTo[T]> {
    return Promise.resolve(this.#apply(command));
  }

  #apply<T extends CommandType>(command: Command<T>): AnswerTo[T] {
    const id = keyText(command.key);
    const { record, answer } = transition(this.#records.get(id), command, this.now());
    if (record === undefined) this.#records.delete(id);
    else this.#records.set(id, record);
    return answer;
  }
}
