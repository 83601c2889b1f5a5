import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, errorHeaders, type Refusal } from './refusal';

/** Answers on a bare socket, where there is no response object: status, JSON body, and the end of the connection. */
export function refuseSocket(socket: Duplex, why: Refusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody(why));
  const headers = Object.entries({
    ...errorHeaders(why),
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  });
  const head = [`HTTP/1.1 ${why.status} ${STATUS_CODES[why.status] ?? ''}`, ...headers.map((pair) => pair.join(': '))];
  // A peer that keeps its side open must not keep ours.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
