import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { type QuietRelay } from './quiet-relay';

/** A way of connecting and then saying nothing. */
export interface Kind {
  readonly name: string;
  /** What is said all the same. */
  readonly words: (relay: QuietRelay) => string;
  /** Whether the relay answers them at once. */
  readonly isAnswered: boolean;
  /** So many fit into the files a process may have open; a session takes two in the relay. */
  readonly most: number;
}

export const kinds: readonly Kind[] = [
  { name: 'that say nothing', words: () => '', isAnswered: false, most: 15_000 },
  {
    name: 'that say half a request',
    words: ({ upgradeRequest }) => upgradeRequest.slice(0, -2),
    isAnswered: false,
    most: 15_000,
  },
  {
    name: 'that became a WebSocket and say nothing',
    words: ({ upgradeRequest }) => upgradeRequest,
    isAnswered: true,
    most: 8_000,
  },
];

/** What connections of one kind cost. */
export interface Cost {
  /** Memory of the relay's process for each, in bytes, and what it kept when they were gone. */
  readonly bytesEach: number;
  readonly bytesKept: number;
  /** From the call of a client that came in between to its `session.created`, in milliseconds. */
  readonly servedMs: number;
  /** From the first connection to the end of the last, in milliseconds. */
  readonly closedMs: number;
}

/** Opened at once; more would fill the queue of connections that wait to be accepted. */
const batch = 250;

/** Opens connections, serves a client meanwhile, and waits until the relay has closed them all. */
export async function endure(relay: QuietRelay, kind: Kind, count: number): Promise<Cost> {
  const before = await relay.memory();
  const startedMs = performance.now();
  const ends: Promise<unknown>[] = [];
  for (let opened = 0; opened < count; opened += batch) {
    const sockets = Array.from({ length: Math.min(batch, count - opened) }, () => open(relay, kind));
    ends.push(...sockets.map(({ ended }) => ended));
    await Promise.all(sockets.map(({ ready }) => ready));
  }
  const bytesEach = ((await relay.memory()) - before) / count;
  const servedMs = await serve(relay);
  await Promise.all(ends);
  const closedMs = performance.now() - startedMs;
  while ((await relay.sessions()) > 0);
  return { bytesEach, bytesKept: (await relay.memory()) - before, servedMs, closedMs };
}

function open(relay: QuietRelay, { words, isAnswered }: Kind): { ready: Promise<unknown>; ended: Promise<unknown> } {
  const socket: Socket = connect(Number(relay.url.port), relay.url.hostname);
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.write(words(relay));
  const ready = new Promise<void>((resolve) => {
    socket.once(isAnswered ? 'data' : 'connect', () => resolve());
    socket.once('close', () => resolve());
  });
  return { ready, ended: new Promise<void>((resolve) => socket.once('close', () => resolve())) };
}

/** A client that means it. */
async function serve({ url, key }: QuietRelay): Promise<number> {
  const startedMs = performance.now();
  const client = new WebSocket(`ws://${url.host}/v1/realtime`, { headers: { authorization: `Bearer ${key}` } });
  await once(client, 'message');
  const servedMs = performance.now() - startedMs;
  client.close();
  await once(client, 'close');
  return servedMs;
}
