import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { defaultSessionLimits } from '../../relay';
import { Leg } from '../../relay/leg';

const ignore = () => undefined;

class DeafLeg extends Leg {
  override onMessage = ignore;
  override onChatter = ignore;
  override onClose = ignore;
  override onQuiet = ignore;
  override onStalled = ignore;
  override onDead = ignore;
  override onPressure = ignore;
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
beforeAll(() => once(server, 'listening'));
afterAll(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

it('tells a peer that it left unread why it ends, and reads nothing more of it', async () => {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[socket]] = await Promise.all([accepted, once(peer, 'open')]);

  const leg = new DeafLeg(socket, defaultSessionLimits);
  leg.pause('pressure');
  // More than two kernels keep between them: the rest waits at the peer for as long as nobody reads.
  const sent = new Promise<unknown>((resolve) => peer.send(Buffer.alloc(64 * 2 ** 20), resolve));
  peer.on('error', ignore);
  leg.release(1000, 'slow_client');

  const [code, reason] = (await once(peer, 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1000, 'slow_client']);
  // Had it been read, it could have been written.
  expect(await sent).toHaveProperty('code');
});
