/** The parse-and-restringify relay: `restringifier-main.ts UPSTREAM_URL`. No back-pressure, no limits, no pings. */
import { type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

const [, , upstreamUrl = ''] = process.argv;
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (client) => {
  const upstream = new WebSocket(upstreamUrl, { perMessageDeflate: false });
  client.on('message', (data: Buffer) => upstream.send(again(data)));
  upstream.on('message', (data: Buffer) => client.send(again(data)));
  client.on('close', () => upstream.terminate());
  upstream.on('close', () => client.terminate());
  upstream.on('error', () => client.terminate());
  client.on('error', () => upstream.terminate());
});
server.on('listening', () => {
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on ws://127.0.0.1:${port}\n`);
});
process.on('SIGTERM', () => process.exit(0));

/** An event as a relay sends it that has looked at it. */
function again(data: Buffer): string {
  const event: unknown = JSON.parse(data.toString());
  return JSON.stringify(event);
}
