import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { WebSocket, WebSocketServer } from 'ws';
import { acceptOnLane, connectOnLane, laneOf } from '../../../relay/wire/lanes';
import { frame } from '../../hostile/support/frames';
import { maxPayload, piecesOf, wireBytes } from '../support/wire-frames';
import { wireLog } from '../support/wire-log';

const options = { maxPayload, perMessageDeflate: false, closeTimeout: 200 };
const acceptor = new WebSocketServer({ noServer: true, ...options });
const server = createServer();
const opened: (Socket | WebSocket)[] = [];

beforeAll(() => listening(server));
afterEach(() => {
  server.removeAllListeners('upgrade');
  for (const one of opened.splice(0))
    if (one instanceof WebSocket) one.terminate();
    else one.destroy();
});
afterAll(() => server.close());

async function listening(one: Server): Promise<void> {
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
}

const port = () => (server.address() as AddressInfo).port;
const url = () => new URL(`ws://127.0.0.1:${port()}`);

const request = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

/** What a server sees of a client that writes these bytes, and then no more. */
async function seenByServer(onLane: boolean, pieces: Iterable<Buffer>, isAtOnce: boolean): Promise<readonly string[]> {
  const seen = new Promise<readonly string[]>((resolve) => {
    server.once('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      const open = (client: WebSocket) => resolve(wireLog(client).ended);
      if (onLane) acceptOnLane(acceptor, { request: asked, socket, head }, open);
      else acceptor.handleUpgrade(asked, socket, head, open);
    });
  });
  const client = connect(port(), '127.0.0.1');
  opened.push(client);
  client.setNoDelay(true);
  client.on('error', () => undefined);
  client.resume();
  const [first, ...rest] = pieces;
  if (isAtOnce && first !== undefined) {
    client.write(Buffer.concat([Buffer.from(request), first]));
  } else {
    client.write(request);
    await once(client, 'data');
    if (first !== undefined) client.write(first);
  }
  await write(client, rest);
  client.end();
  return seen;
}

/** What a client sees of a server that writes these bytes, and then no more. */
async function seenByClient(onLane: boolean, pieces: Iterable<Buffer>, isAtOnce: boolean): Promise<readonly string[]> {
  server.once('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    const [first, ...rest] = pieces;
    if (isAtOnce && first !== undefined) socket.cork();
    // The library answers the handshake; what follows is ours.
    acceptor.handleUpgrade(asked, socket, head, () => undefined);
    if (first !== undefined) socket.write(first);
    socket.uncork();
    void write(socket, rest).then(() => socket.end());
  });
  const client = onLane ? connectOnLane(url(), options) : new WebSocket(url(), options);
  opened.push(client);
  return wireLog(client).ended;
}

async function write(socket: Socket, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable) return;
    socket.write(piece);
    // So that most pieces are read by themselves.
    await new Promise(setImmediate);
  }
}

describe.each([
  ['a server', true, seenByServer],
  ['a client', false, seenByClient],
] as const)('%s on a lane', (_name, isMasked, seenBy) => {
  it('sees what one without sees, whatever the peer sends and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(wireBytes(isMasked), fc.boolean(), async ({ bytes, cuts }, isAtOnce) => {
        const plain = await seenBy(false, piecesOf(bytes, cuts), isAtOnce);
        expect(await seenBy(true, piecesOf(bytes, cuts), isAtOnce)).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

/** Both ends of a WebSocket: one on a lane, the other as the library makes it. */
async function pair(end: 'server' | 'client'): Promise<{ readonly onLane: WebSocket; readonly peer: WebSocket }> {
  const accepted = new Promise<WebSocket>((resolve) => {
    server.once('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      if (end === 'server') acceptOnLane(acceptor, { request: asked, socket, head }, resolve);
      else acceptor.handleUpgrade(asked, socket, head, resolve);
    });
  });
  const client = end === 'client' ? connectOnLane(url(), options) : new WebSocket(url(), options);
  const [one] = await Promise.all([accepted, once(client, 'open')]);
  opened.push(client, one);
  return end === 'server' ? { onLane: one, peer: client } : { onLane: client, peer: one };
}

/** The next messages that a WebSocket without a lane gets. */
function messages(socket: WebSocket, count: number): Promise<readonly (readonly [boolean, string])[]> {
  const all: [boolean, string][] = [];
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer, isBinary) => {
      all.push([isBinary, data.toString('latin1')]);
      if (all.length === count) resolve(all);
    });
  });
}

const message = fc.record({
  data: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(125, 126, 65_535, 65_536).map(filled)),
  isBinary: fc.boolean(),
});

function filled(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x61);
}

it.each(['server', 'client'] as const)('a %s sends what arrives, between what the library sends', async (end) => {
  const { onLane, peer } = await pair(end);
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 6 }), async (all) => {
      const sent = all.map(({ data, isBinary }) => [isBinary, isBinary ? data : ascii(data)] as const);
      const pinged = once(peer, 'ping');
      const arrived = messages(peer, sent.length);
      for (const [isBinary, data] of sent) {
        laneOf(onLane)?.send(isBinary ? Buffer.from(data) : data.toString(), isBinary);
        onLane.ping();
      }
      expect(await arrived).toEqual(sent.map(([isBinary, data]) => [isBinary, Buffer.from(data).toString('latin1')]));
      await pinged;
      peer.removeAllListeners('message');
    }),
    { numRuns: 40 },
  );
});

const ascii = (data: Uint8Array) => Buffer.from(data.map((byte) => byte & 0x7f)).toString('latin1');

/** A client's messages go through a lane to a lane, as in a session. */
async function relayed(): Promise<{ readonly from: Socket; readonly to: Socket; readonly passed: () => number }> {
  const far = createServer();
  await listening(far);
  const atFar = new Promise<Socket>((resolve) => {
    far.once('upgrade', (asked: IncomingMessage, socket: Socket) => {
      acceptor.handleUpgrade(asked, socket, Buffer.alloc(0), () => undefined);
      socket.removeAllListeners('data');
      resolve(socket);
    });
  });
  const up = connectOnLane(new URL(`ws://127.0.0.1:${(far.address() as AddressInfo).port}`), options);
  const [to] = await Promise.all([atFar, once(up, 'open')]);
  far.close();
  const wire = connect(port(), '127.0.0.1');
  opened.push(up, wire, to);
  let count = 0;
  const accepted = new Promise<void>((resolve) => {
    server.once('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      acceptOnLane(acceptor, { request: asked, socket, head }, (client) => {
        laneOf(client)?.deliverTo({
          onText(text) {
            count += 1;
            laneOf(up)?.send(text, false);
          },
        });
        resolve();
      });
    });
  });
  wire.write(request);
  await Promise.all([accepted, once(wire, 'data')]);
  return { from: wire, to, passed: () => count };
}

it("puts a mask of its own over a client's message, whose key nobody outside can know", async () => {
  const { from, to } = await relayed();
  const sent = frame('the very same words, long enough for words of four bytes each');
  for (let nth = 0; nth < 3; nth += 1) {
    const arrived = once(to, 'data') as Promise<[Buffer]>;
    from.write(sent);
    const [came] = await arrived;
    expect(came).toHaveLength(sent.length);
    const keyOf = (bytes: Buffer) => bytes.subarray(2, 6).toString('hex');
    expect(keyOf(came)).not.toBe(keyOf(sent));
    const unmasked = came.subarray(6).map((byte, at) => byte ^ (came[2 + (at & 3)] ?? 0));
    expect(Buffer.from(unmasked).toString()).toContain('the very same words');
  }
});

it('sends on at once what came at once', async () => {
  const { from, to, passed } = await relayed();
  const sent = frame('one of many, and not the longest');
  const arrived = once(to, 'data') as Promise<[Buffer]>;
  from.write(Buffer.concat(new Array<Buffer>(50).fill(sent)));
  const [came] = await arrived;
  expect(passed()).toBe(50);
  expect(came).toHaveLength(50 * sent.length);
});

it('reads nothing while it is paused, and all of it afterwards, in order', async () => {
  const { onLane, peer } = await pair('server');
  const heard: string[] = [];
  laneOf(onLane)?.deliverTo({ onText: (text) => void heard.push(text.toString()) });
  onLane.on('message', (text: Buffer) => heard.push(text.toString()));
  onLane.pause();
  for (let nth = 0; nth < 100; nth += 1) {
    peer.send(`${nth} ${'x'.repeat(60_000)}`);
    if (nth % 10 === 0) peer.ping();
  }
  expect(peer.bufferedAmount).toBeGreaterThan(0);
  const pings: number[] = [];
  const done = new Promise<void>((resolve) => {
    onLane.on('ping', () => {
      pings.push(heard.length);
      if (pings.length === 11) resolve();
    });
  });
  await new Promise(setImmediate);
  expect(heard).toEqual([]);
  onLane.resume();
  peer.ping();
  await done;
  expect(heard.map((text) => parseInt(text))).toEqual(Array.from({ length: 100 }, (_, nth) => nth));
  expect(pings).toEqual([1, 11, 21, 31, 41, 51, 61, 71, 81, 91, 100]);
});
