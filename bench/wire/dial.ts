import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { type Socket } from 'node:net';
import { Peer } from './peer';

/** Opens a WebSocket to a `ws:` URL. @throws Error with the HTTP status where the server refuses. */
export function dial(url: string, extraHeaders: Readonly<Record<string, string>> = {}): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const handshake = request(url.replace(/^ws:/, 'http:'), {
      headers: {
        ...extraHeaders,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
    });
    handshake.on('upgrade', (_response, socket: Socket, head: Buffer) => resolve(new Peer(socket, true, head)));
    handshake.on('response', ({ statusCode }) => {
      handshake.destroy();
      reject(new Error(`The WebSocket was refused with HTTP ${statusCode ?? 0}.`));
    });
    handshake.on('error', reject);
    handshake.end();
  });
}
