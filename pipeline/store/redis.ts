import { createHash } from 'node:crypto';
import {
  type AnswerTo,
  type Claim,
  type ClaimAnswer,
  type Command,
  type CommandType,
  type Reclaim,
  type ReclaimAnswer,
  type Resolve,
  type ResolveAnswer,
  type Settle,
  type SettleAnswer,
  type StartSending,
  type StartSendingAnswer,
} from './command';
import { pageOf, positionBefore } from './page';
import { type IntentKey, type IntentRecord, intentStates } from './record';
import { type RedisAddress } from './redis/address';
import { type RedisConnection } from './redis/connection';
import { RedisKeys } from './redis/keys';
import { KnownOrgs } from './redis/known-orgs';
import { RedisLink } from './redis/link';
import { findRecords } from './redis/listing';
import { connectRedis, redisOpenTimeoutMs } from './redis/open-connection';
import { readRecords } from './redis/read';
import { RecordWriter } from './redis/record-writer';
import { RedisWatchers } from './redis/redis-watchers';
import { sweepRedis } from './redis/sweeping';
import {
  type IntentCounts,
  type IntentPage,
  type IntentQuery,
  type IntentStore,
  type Sweep,
  type SweepReport,
  watchPollMs,
} from './store';
import { tally } from './tally';

export interface RedisStoreOptions {
  readonly address: RedisAddress;
  /** How long an operation may take, in milliseconds. Default `defaultRedisTimeoutMs`. */
  readonly timeoutMs?: number;
  /** How long opening may take, in milliseconds. Default `redisOpenTimeoutMs`. */
  readonly openTimeoutMs?: number;
  /** Told of what the store can live with but may lose records by, one sentence each. */
  readonly warn?: (warning: string) => void;
  /** Milliseconds since the epoch, in place of the server's clock: for tests, which cannot set that one. */
  readonly now?: () => number;
}

/**
 * How long one operation may take, in milliseconds. A write and the reading back that follows where it failed must both
 * fit into `defaultStoreTimeoutMs`.
 */
export const defaultRedisTimeoutMs = 200;

/** By how much sooner a write is refused than its caller gives it up, in milliseconds: clocks drift. */
const writeMarginMs = 20;

/**
 * Opens a store on a Redis or Valkey server or cluster, which any number of processes share. It is as durable as the
 * server: see docs/architecture.md. What goes wrong after it was opened is survived; operations are refused meanwhile.
 *
 * @throws StoreOpenError when nothing answers, or something that it cannot work with
 */
export async function openRedisStore({
  address,
  timeoutMs = defaultRedisTimeoutMs,
  openTimeoutMs = redisOpenTimeoutMs,
  warn = () => undefined,
  now,
}: RedisStoreOptions): Promise<IntentStore> {
  const { connection, serverMs, warnings } = await connectRedis(address, openTimeoutMs);
  for (const warning of warnings) warn(warning);
  const keys = new RedisKeys(address.prefix);
  const writer = new RecordWriter({ keys, goodForMs: Math.max(1, timeoutMs - writeMarginMs), ...(now && { now }) });
  writer.heard(serverMs);
  return new RedisStore(connection, keys, writer, timeoutMs);
}

class RedisStore implements IntentStore {
  readonly kind = 'redis';
  readonly #keys: RedisKeys;
  readonly #writer: RecordWriter;
  readonly #link: RedisLink;
  readonly #orgs: KnownOrgs;
  readonly #watchers: RedisWatchers;

  constructor(connection: RedisConnection, keys: RedisKeys, writer: RecordWriter, timeoutMs: number) {
    this.#keys = keys;
    this.#writer = writer;
    this.#link = new RedisLink(connection, { timeoutMs });
    this.#orgs = new KnownOrgs(keys);
    this.#watchers = new RedisWatchers(connection, { pollMs: watchPollMs, timeoutMs });
  }

  claim(claim: Claim): Promise<ClaimAnswer> {
    return this.#link.operation(async (operation) => {
      await this.#orgs.add(operation, claim.key.orgId);
      return this.#writer.apply(operation, { type: 'claim', ...claim });
    });
  }

  reclaim(reclaim: Reclaim): Promise<ReclaimAnswer> {
    return this.#apply({ type: 'reclaim', ...reclaim });
  }

  startSending(start: StartSending): Promise<StartSendingAnswer> {
    return this.#apply({ type: 'startSending', ...start });
  }

  settle(settle: Settle): Promise<SettleAnswer> {
    return this.#apply({ type: 'settle', ...settle });
  }

  resolve(resolve: Resolve): Promise<ResolveAnswer> {
    return this.#apply({ type: 'resolve', ...resolve });
  }

  get(key: IntentKey): Promise<IntentRecord | undefined> {
    return this.#link.reading(async (operation) => {
      const [standing] = await readRecords(operation, this.#keys, [key]);
      return standing?.record;
    });
  }

  sweep(sweep: Sweep): Promise<SweepReport> {
    const sweeping = { link: this.#link, keys: this.#keys, orgs: this.#orgs, writer: this.#writer };
    return sweepRedis(sweeping, sweep);
  }

  list(query: IntentQuery): Promise<IntentPage> {
    return this.#link.operation(async (operation) => {
      const before = positionBefore(query);
      const orgs = query.orgId === undefined ? await this.#orgs.all(operation) : [query.orgId];
      const onGone = (key: IntentKey): Promise<void> => this.#writer.forget(operation, key);
      return pageOf(await findRecords(operation, this.#keys, { query, before, orgs, onGone }), query);
    });
  }

  async watch(key: IntentKey, onMove: () => void): Promise<() => void> {
    await this.#link.requireOpen();
    return this.#watchers.watch(this.#keys.record(key), onMove);
  }

  redeem(ticket: string, ttlMs: number): Promise<boolean> {
    // A ticket may be a secret for as long as it is good.
    const key = this.#keys.ticket(createHash('sha256').update(ticket).digest('hex'));
    return this.#link.operation(async ({ send }) => {
      const reply = await send(key, ['SET', key, '', 'NX', 'PX', String(Math.max(1, Math.ceil(ttlMs)))]);
      return reply !== null;
    });
  }

  counts(orgId?: string): Promise<IntentCounts> {
    return this.#link.operation(async (operation) => {
      const orgs = orgId === undefined ? await this.#orgs.all(operation) : [orgId];
      const indexes = orgs.flatMap((each) =>
        intentStates.map((state) => [state, this.#keys.inState(each, state)] as const),
      );
      const entries = indexes.map(
        async ([state, index]) => [state, Number(await operation.send(index, ['ZCARD', index]))] as const,
      );
      return tally(await Promise.all(entries));
    });
  }

  /** Writes something, because a server that can only be read is no use: a full one, or a replica. */
  ping(): Promise<void> {
    return this.#link.operation(async ({ send }) => {
      await send(this.#keys.probe, ['SET', this.#keys.probe, '']);
    });
  }

  async close(): Promise<void> {
    this.#watchers.clear();
    await this.#link.close();
  }

  #apply<T extends CommandType>(command: Command<T>): Promise<AnswerTo[T]> {
    return this.#link.operation((operation) => this.#writer.apply(operation, command));
  }
}
