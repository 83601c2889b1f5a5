import { createClient, createCluster, type RedisClientOptions } from 'redis';
import { type RedisAddress } from './address';

/** The connections of one process to a Redis server or cluster. They come back by themselves, for ever. */
export interface RedisConnection {
  /** Connects; resolves once commands can be sent, which may be never. Rejects when it is destroyed meanwhile. */
  open(): Promise<void>;
  /** Sends a command at once or not at all. Without a key it goes to any node. */
  send(key: string | undefined, args: readonly string[]): Promise<unknown>;
  /** Resolves once messages on the channel are heard; hears them again after the connection was lost and came back. */
  subscribe(channel: string, onMessage: () => void): Promise<void>;
  unsubscribe(channel: string, onMessage: () => void): Promise<void>;
  /** Ends everything at once; what is unanswered rejects. */
  destroy(): void;
}

/** None that node-redis knows of: the store has time limits of its own. */
const noTimeout = { timeout: 0 };

/** How many commands to one server may be unanswered before further ones are refused. */
export const maxUnansweredCommands = 10_000;

/** How often an idle connection is tried, and how long it may stay silent before it is given up, in milliseconds. */
const pingIntervalMs = 1_000;
const silenceMs = 3_000;

/** How long connecting may take once, and the longest pause between two tries, in milliseconds. */
const connectTimeoutMs = 2_000;
const maxReconnectPauseMs = 1_000;

/** @param onError hears of every failure to connect, too */
export function createConnection(address: RedisAddress, onError: (error: unknown) => void): RedisConnection {
  return address.kind === 'cluster' ? clusterConnection(address, onError) : singleConnection(address, onError);
}

function singleConnection(address: RedisAddress, onError: (error: unknown) => void): RedisConnection {
  const [node] = address.nodes;
  const options = clientOptions(address);
  const client = createClient({ ...options, socket: { ...options.socket, ...node } });
  const subscriber = client.duplicate();
  client.on('error', onError);
  subscriber.on('error', () => undefined);
  return {
    open: async () => {
      await client.connect();
    },
    send: (_key, args) => client.sendCommand(args),
    subscribe: async (channel, onMessage) => {
      // Most processes never wait for another, so it connects when the first one does.
      if (!subscriber.isOpen) subscriber.connect().catch(() => undefined);
      await subscriber.subscribe(channel, onMessage);
    },
    unsubscribe: async (channel, onMessage) => {
      await subscriber.unsubscribe(channel, onMessage);
    },
    destroy: () => {
      client.destroy();
      subscriber.destroy();
    },
  };
}

function clusterConnection(address: RedisAddress, onError: (error: unknown) => void): RedisConnection {
  const cluster = createCluster({
    rootNodes: address.nodes.map((node) => ({ socket: { ...node } })),
    defaults: clientOptions(address),
    commandOptions: noTimeout,
    topologyRefreshOnReconnectionAttemptStrategy: 1_000,
  });
  cluster.on('error', onError);
  cluster.on('node-error', onError);
  return {
    open: async () => {
      await cluster.connect();
    },
    send: (key, args) => cluster.sendCommand(key, false, [...args]),
    subscribe: async (channel, onMessage) => {
      await cluster.subscribe(channel, onMessage);
    },
    unsubscribe: async (channel, onMessage) => {
      await cluster.unsubscribe(channel, onMessage);
    },
    destroy: () => cluster.destroy(),
  };
}

function clientOptions({ isTls, username, password, database }: RedisAddress): RedisClientOptions {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    // What cannot be sent now is refused now: whoever waits for it will not wait until the server is back.
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxUnansweredCommands,
    commandOptions: noTimeout,
    maintNotifications: 'disabled',
    pingInterval: pingIntervalMs,
    socket: {
      ...(isTls && { tls: true }),
      connectTimeout: connectTimeoutMs,
      // Ends what is half open: a machine that vanished says nothing.
      socketTimeout: silenceMs,
      reconnectStrategy: reconnectPauseMs,
    },
  };
}

/** Doubles with every try, up to a second; the jitter keeps many processes from coming back at the same moment. */
function reconnectPauseMs(retries: number): number {
  return Math.min(maxReconnectPauseMs, 25 * 2 ** retries) * (0.5 + Math.random() / 2);
}
