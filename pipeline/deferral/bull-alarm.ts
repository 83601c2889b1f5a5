import { createNodeRedisClient, type IRedisClient, Queue, Worker } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type RedisClientOptions } from 'redis';
import { z } from 'zod';
import { type Edge } from '../edge';
import { errorFields, type Log } from '../log';
import { type RedisAddress } from '../store/redis/address';
import { dueAtMs, type IntentKey, type IntentRecord, keyText } from '../store/store';
import { type Alarm, type Ring, slackMs } from './alarm';

/** How many deliveries a process makes at a time because of alarms. */
const maxRinging = 20;

/** How long setting an alarm may take, and how long closing waits for what is still ringing, in milliseconds. */
const setMs = 1_000;
const closeMs = 2_000;

/** How long a worker waits in one command for a job to come due, in seconds: less than a command may take. */
const blockSeconds = 2;

const queueName = 'alarms';

export interface BullAlarmOptions {
  readonly address: RedisAddress;
  readonly edge: Pick<Edge, 'nowMs'>;
  readonly log: Log;
}

/**
 * An alarm clock that all processes on one Redis share: a delayed BullMQ job for every claim that was put off. The job
 * holds the intent's key and fence and nothing else; it is tried once, because what comes next stands in the record.
 */
export class BullAlarm implements Alarm {
  /** Long enough for a job that was lost, set again by a sweep, to be worked on by whoever has a place free. */
  readonly patienceMs = 15_000;
  readonly #edge: Pick<Edge, 'nowMs'>;
  readonly #log: Log;
  readonly #clients: readonly IRedisClient[];
  readonly #queue: Queue<unknown>;
  readonly #worker: Worker<unknown>;
  #isFailing = false;
  #closing: Promise<void> | undefined;

  constructor(ring: Ring, { address, edge, log }: BullAlarmOptions) {
    this.#edge = edge;
    this.#log = log;
    const client = createNodeRedisClient(createClient(clientOptions(address)));
    this.#clients = withCopies(client);
    const shared = {
      connection: client,
      // Begins like all keys of the store, so that a user who may touch those alone is enough.
      prefix: `${address.prefix}:{deferred}`,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    };
    this.#queue = new Queue(queueName, shared);
    this.#worker = new Worker(
      queueName,
      async ({ data }) => {
        const { key, fence } = jobSchema.parse(data);
        await ring(key, fence);
      },
      { ...shared, concurrency: maxRinging, drainDelay: blockSeconds, runRetryDelay: 1_000 },
    );
    this.#queue.on('error', this.#onError);
    this.#worker.on('error', this.#onError);
    client.on('ready', this.#onReady);
  }

  async set(record: IntentRecord): Promise<void> {
    if (this.#closing !== undefined) return;
    const { key, fence } = record;
    const delay = Math.max(0, Math.ceil((dueAtMs(record) ?? 0) - this.#edge.nowMs())) + slackMs;
    const job = { jobId: jobId(key, fence), delay, attempts: 1, removeOnComplete: true, removeOnFail: true };
    await withinTime(this.#queue.add('ring', { key, fence }, job), setMs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Whoever does not answer is left; a job that is cut off is found stalled by others, and then out of date. */
  async #close(): Promise<void> {
    const closing = this.#worker.close().then(() => this.#queue.close());
    await withinTime(closing, closeMs).catch(() => undefined);
    for (const client of this.#clients) client.disconnect();
  }

  /** Said once until it works again; of the error only what holds no address. */
  readonly #onError = (error: unknown): void => {
    if (!this.#isFailing && this.#closing === undefined) {
      this.#log.warn(errorFields(error), 'Alarms of deferred intents are failing; sweeps stand in');
    }
    this.#isFailing = true;
  };

  readonly #onReady = (): void => {
    this.#isFailing = false;
  };
}

const jobSchema = z.object({
  key: z.object({ orgId: z.string(), tool: z.string(), intentId: z.string() }),
  fence: z.number(),
});

/**
 * One text per claim, without the colons that BullMQ keeps for itself. The fence is part of it, so that what is left of an
 * earlier claim's job is in nobody's way.
 */
function jobId(key: IntentKey, fence: number): string {
  return `${Buffer.from(keyText(key)).toString('base64url')}.${fence}`;
}

/** A client and the copies that are made of it: a worker waits for jobs on a connection of its own. */
function withCopies(client: IRedisClient): readonly IRedisClient[] {
  const clients = [client];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...options: unknown[]) => {
    const copy = duplicate(...options);
    clients.push(copy);
    return copy;
  };
  return clients;
}

function clientOptions({ isTls, nodes, username, password, database }: RedisAddress): RedisClientOptions {
  const [node] = nodes;
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    maintNotifications: 'disabled',
    socket: { ...(isTls && { tls: true }), ...node, connectTimeout: 2_000, reconnectStrategy: reconnectPauseMs },
  };
}

function reconnectPauseMs(retries: number): number {
  return Math.min(1_000, 25 * 2 ** retries) * (0.5 + Math.random() / 2);
}

/** Rejects where the work takes longer; what it comes to then does not matter any more. */
async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const enough = new AbortController();
  const late = sleep(ms, undefined, { signal: enough.signal }).then(() => {
    throw new Error('Redis did not answer in time.');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    enough.abort();
  }
}
