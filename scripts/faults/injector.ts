import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer } from '../redis-server';
import { type History } from './history';
import { type Hook } from './hook';
import { type Org } from './orgs';
import { type Injection } from './plan';
import { type Relay } from './relay';

/** What can be broken. */
export interface Breakables {
  readonly store: RedisServer;
  readonly relays: readonly Relay[];
  readonly hooks: Readonly<Record<Org, Hook>>;
}

/** Breaks what was planned to be broken and mends it again; of one thing at a time only one fault. */
export class Injector {
  readonly #things: Breakables;
  readonly #history: History;
  /** The end of what is done to each thing. */
  readonly #lines = new Map<string, Promise<void>>();

  constructor(things: Breakables, history: History) {
    this.#things = things;
    this.#history = history;
  }

  inject(injection: Injection): void {
    const name = thingOf(injection);
    const before = this.#lines.get(name) ?? Promise.resolve();
    const line = before.then(() => this.#perform(injection));
    // Whoever waits for the end is told what went wrong.
    line.catch(() => undefined);
    this.#lines.set(name, line);
  }

  /** Resolves when everything is mended. */
  async mended(): Promise<void> {
    await Promise.all(this.#lines.values());
  }

  async #perform(injection: Injection): Promise<void> {
    const { store, relays, hooks } = this.#things;
    switch (injection.kind) {
      case 'kill_relay':
        await relays[injection.relay]?.kill();
        await sleep(injection.downMs);
        await relays[injection.relay]?.start();
        break;
      case 'freeze_store':
        this.#history.add({ kind: 'injected', what: 'store_freeze' });
        store.freeze();
        await sleep(injection.downMs);
        store.thaw();
        this.#history.add({ kind: 'injected', what: 'store_back' });
        break;
      case 'kill_store':
        this.#history.add({ kind: 'injected', what: 'store_kill' });
        await store.kill();
        await sleep(injection.downMs);
        await store.restart();
        this.#history.add({ kind: 'injected', what: 'store_back' });
        break;
      case 'close_hook':
        await hooks[injection.org].refuseFor(injection.downMs);
    }
  }
}

function thingOf(injection: Injection): string {
  switch (injection.kind) {
    case 'kill_relay':
      return `relay ${injection.relay}`;
    case 'freeze_store':
    case 'kill_store':
      return 'store';
    case 'close_hook':
      return injection.org;
  }
}
