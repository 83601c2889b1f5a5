import { setTimeout as sleep } from 'node:timers/promises';
import { type ToolOutcome } from '../../pipeline';
import { type CallEnd, callRelay } from './client';
import { type History } from './history';
import { type PlannedCall } from './plan';
import { type Relay, type Running } from './relay';

/** How often a client that persists asks at most, and its pause between, in milliseconds. */
const maxTries = 3;
const pauseMs = 400;

/** How long it takes a client to look for a relay again where none runs, in milliseconds. */
const lookAgainMs = 50;

/** After these a client that persists asks again. */
const suggestAgain: ReadonlySet<ToolOutcome> = new Set(['not_sent', 'unavailable', 'in_progress']);

/** Makes the calls that were planned, and writes down what their clients saw. */
export class Callers {
  readonly #relays: readonly Relay[];
  readonly #history: History;
  #count = 0;

  constructor(relays: readonly Relay[], history: History) {
    this.#relays = relays;
    this.#history = history;
  }

  /** Resolves when the client is done with it. Never rejects. */
  async make({ intent, relay, leavesAfterMs, persists }: PlannedCall): Promise<void> {
    for (let tries = 1, through = relay; ; through += 1) {
      const end = await this.#ask(await this.#running(through), intent, leavesAfterMs);
      if (end.kind === 'unreachable') continue;
      if (!persists || !asksAgainAfter(end) || tries === maxTries) return;
      tries += 1;
      await sleep(pauseMs);
    }
  }

  async #ask(
    { life, url }: Running,
    intent: PlannedCall['intent'],
    leavesAfterMs: number | undefined,
  ): Promise<CallEnd> {
    const call = (this.#count += 1);
    const { intentId } = intent.key;
    this.#history.add({ kind: 'called', call, intentId, life });
    const end = await callRelay(url, intent, leavesAfterMs);
    this.#history.add({ call, intentId, ...end });
    return end;
  }

  /** The relay of this number, or the next one that runs. */
  async #running(number: number): Promise<Running> {
    for (;;) {
      for (let offset = 0; offset < this.#relays.length; offset += 1) {
        const running = this.#relays[(number + offset) % this.#relays.length]?.running;
        if (running !== undefined) return running;
      }
      await sleep(lookAgainMs);
    }
  }
}

function asksAgainAfter(end: CallEnd): boolean {
  return end.kind === 'cut' || (end.kind === 'answered' && suggestAgain.has(end.outcome));
}
