import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../pipeline';
import { type IntentRecord } from '../../pipeline/store/store';
import { RedisServer } from '../redis-server';
import { Callers } from './callers';
import { type Evidence } from './check/case';
import { History } from './history';
import { Hook } from './hook';
import { Injector } from './injector';
import { type Org, orgs } from './orgs';
import { type Plan } from './plan';
import { Relay, writeSettings } from './relay';
import { settledRecords } from './settled';

export interface RunOptions {
  readonly plan: Plan;
  /** How many relays share the store. */
  readonly processes: number;
  readonly beatsPerSecond: number;
  /** How long what was deferred may take, after the last call, to be sent, in milliseconds. */
  readonly drainMs: number;
  /** The relay's main file, compiled or not. */
  readonly main: string;
  /** An empty folder for all that the run leaves. */
  readonly directory: string;
  /** Told how far it has come, in a line. */
  readonly tell: (line: string) => void;
}

/** Makes a run as it was planned, and returns everything that can be known of it afterwards. */
export async function faultRun(options: RunOptions): Promise<Evidence> {
  const { plan, tell } = options;
  const history = new History();
  const stage = await Stage.set(options, history);
  try {
    const injector = new Injector(stage, history);
    const callers = new Callers(stage.relays, history);
    tell(`${stage.relays.length} relays are up`);
    await perform(options, callers, injector);
    await injector.mended();
    tell('every call has ended and everything is mended; waiting for what is left to be sent');
    const records = await stage.settle(options.drainMs);
    await stage.stopRelays();
    const intents = plan.intents.map(({ org, key }) => ({ org, intentId: key.intentId }));
    return { intents, events: history.events, records };
  } finally {
    await stage.clear();
  }
}

/** Begins one beat after the other, at an even pace whatever becomes of them; resolves when all calls have ended. */
async function perform(
  { plan, beatsPerSecond, tell }: RunOptions,
  callers: Callers,
  injector: Injector,
): Promise<void> {
  const startedMs = performance.now();
  const calls: Promise<void>[] = [];
  for (const [index, beat] of plan.beats.entries()) {
    const waitMs = startedMs + (index * 1_000) / beatsPerSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    for (const injection of beat.injections) injector.inject(injection);
    calls.push(...beat.calls.map((call) => callers.make(call)));
    if (index > 0 && index % tellEvery === 0) tell(`${index} of ${plan.beats.length} intents`);
  }
  await Promise.all(calls);
}

const tellEvery = 500;

/** Everything that takes part, on this machine. */
class Stage {
  static async set({ plan, processes, directory, main }: RunOptions, history: History): Promise<Stage> {
    const store = await RedisServer.start(directory);
    const openHook = async (org: Org) => [org, await Hook.open(org, plan.intents, history)] as const;
    // Object.fromEntries forgets that there is a hook for every org.
    const hooks = Object.fromEntries(await Promise.all(orgs.map(openHook))) as Record<Org, Hook>;
    const hookUrls = {
      org_plain: hooks.org_plain.url,
      org_defers: hooks.org_defers.url,
      org_deduplicates: hooks.org_deduplicates.url,
    };
    const site = { directory, main, storeUrl: store.url, hookUrls, history };
    writeSettings(site);
    const relays = Array.from({ length: processes }, (_, number) => new Relay(number, site));
    const stage = new Stage(store, hooks, relays);
    process.once('exit', stage.#onExit);
    try {
      await Promise.all(relays.map((relay) => relay.start()));
      return stage;
    } catch (error) {
      await stage.clear();
      throw error;
    }
  }

  /** A run that is broken off leaves nothing running either: every process is sent its signal before the first wait. */
  readonly #onExit = () => void this.clear();

  private constructor(
    readonly store: RedisServer,
    readonly hooks: Readonly<Record<Org, Hook>>,
    readonly relays: readonly Relay[],
  ) {}

  /** What the store holds when nothing moves any more. */
  async settle(maxMs: number): Promise<readonly IntentRecord[]> {
    const store = await openStore(this.store.url, { timeoutMs: patientMs });
    try {
      return await settledRecords(store, maxMs);
    } finally {
      await store.close();
    }
  }

  async stopRelays(): Promise<void> {
    await Promise.all(this.relays.map((relay) => relay.stop()));
  }

  /** Leaves nothing running. */
  async clear(): Promise<void> {
    process.off('exit', this.#onExit);
    for (const hook of Object.values(this.hooks)) hook.close();
    await Promise.all([this.store.kill(), ...this.relays.map((relay) => relay.end())]);
  }
}

/** How long the store may take to answer a look at everything it holds, in milliseconds. */
const patientMs = 20_000;
