import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { type Closing } from '../../pipeline/support/closing';

/** Listens for one connection at a time and never takes it, in a thread of its own that does nothing else any more. */
const listener = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** Connections the kernel completes by itself with a backlog of one. */
const completed = 2;

/** A port on 127.0.0.1 on which somebody listens, but no connection comes about: its first packet is lost each time. */
export async function fullListener(opened: Closing): Promise<number> {
  const worker = opened.add(new Worker(listener, { eval: true }), (thread) => thread.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  const sockets = Array.from({ length: completed }, () => connect(port, '127.0.0.1'));
  for (const socket of sockets) {
    socket.on('error', () => undefined);
    opened.add(socket, () => Promise.resolve(socket.destroy()));
  }
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return port;
}
