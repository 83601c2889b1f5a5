import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Closing } from '../pipeline/support/closing';
import { cut, delay, drip, type Fault, FaultProxy, instead, pass, reset, silence, stall } from './fault-proxy';

const opened = new Closing();
afterEach(() => opened.all());

/** One end of a connection: what came, and how it ended. */
class End {
  text = '';
  readonly ended: Promise<'end' | 'reset'>;
  #wake: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      socket.on('end', () => resolve('end'));
      socket.on('error', () => resolve('reset'));
    });
  }

  async has(length: number): Promise<string> {
    while (this.text.length < length) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.text;
  }
}

/** A proxy before a server that keeps what it is sent. */
async function serve(): Promise<{ proxy: FaultProxy; accepted: () => Promise<End> }> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => void sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.add(server, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const proxy = await FaultProxy.start((server.address() as AddressInfo).port);
  opened.add(proxy, () => proxy.close());
  const accepted = async () => new End(((await once(server, 'connection')) as [Socket])[0]);
  return { proxy, accepted };
}

function dial(proxy: FaultProxy): End {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  opened.add(socket, () => Promise.resolve(socket.destroy()));
  return new End(socket);
}

/** Both ends of a connection through a proxy. */
async function pair(before: (proxy: FaultProxy) => void = () => undefined) {
  const { proxy, accepted } = await serve();
  before(proxy);
  const coming = accepted();
  const client = dial(proxy);
  return { proxy, client, server: await coming };
}

/** Waits until both ends of the proxy have carried a round trip, so that whatever else was sent has arrived as well. */
async function roundTrip(client: End, server: End): Promise<void> {
  const [atServer, atClient] = [server.text.length, client.text.length];
  client.socket.write('?');
  await server.has(atServer + 1);
  server.socket.write('!');
  await client.has(atClient + 1);
}

describe('a proxy without faults', () => {
  it('passes bytes both ways and counts them', async () => {
    const { proxy, client, server } = await pair();
    client.socket.write('ask');
    expect(await server.has(3)).toBe('ask');
    server.socket.write('answer');
    expect(await client.has(6)).toBe('answer');
    await Promise.all([proxy.connected(1), proxy.up.arrived(3), proxy.up.passed(3), proxy.down.passed(6)]);
    expect(proxy.connections).toBe(1);
  });

  it('passes on that one side has ended, while the other still speaks', async () => {
    const { client, server } = await pair();
    client.socket.end('all');
    expect(await server.ended).toBe('end');
    expect(server.text).toBe('all');
    server.socket.end('heard');
    expect(await client.ended).toBe('end');
    expect(client.text).toBe('heard');
  });

  it('passes on a reset', async () => {
    const { client, server } = await pair();
    await roundTrip(client, server);
    client.socket.resetAndDestroy();
    expect(await server.ended).toBe('reset');
  });

  it('resets clients while its server is not there', async () => {
    const { proxy } = await serve();
    const gone = createServer();
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    proxy.target = (gone.address() as AddressInfo).port;
    await new Promise((resolve) => gone.close(resolve));
    expect(await dial(proxy).ended).toBe('reset');
  });

  it('does not read faster than the receiver does', async () => {
    const { proxy, client, server } = await pair();
    server.socket.pause();
    const size = 64 * 1024 * 1024;
    client.socket.write(Buffer.alloc(size));
    await proxy.up.passed(1);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    server.socket.resume();
    await server.has(size);
    expect(proxy.up.passedBytes).toBe(size);
  });
});

describe('a break', () => {
  it.each<[string, Fault, string, 'end' | 'reset']>([
    ['a cut after five bytes', cut({ after: 5 }), 'first', 'end'],
    ['a cut before the sixth byte', cut({ before: 6 }), 'first', 'end'],
    ['a cut before any byte', cut({ before: 1 }), '', 'end'],
    ['a reset after five bytes', reset({ after: 5 }), 'first', 'reset'],
    ['a reset before any byte', reset({ before: 1 }), '', 'reset'],
  ])('%s is seen at both ends, at that very byte', async (_name, fault, text, ending) => {
    const { client, server } = await pair((proxy) => (proxy.up.fault = fault));
    client.socket.write('first, then this');
    expect(await Promise.all([client.ended, server.ended])).toEqual([ending, ending]);
    expect(server.text).toBe(text);
  });

  it('counts bytes over several chunks', async () => {
    const { client, server } = await pair((proxy) => (proxy.down.fault = cut({ after: 5 })));
    for (const part of ['one', 'two', 'three']) {
      server.socket.write(part);
      await client.has(Math.min(5, client.text.length + 3));
    }
    expect(await client.ended).toBe('end');
    expect(client.text).toBe('onetw');
  });

  it('counts from when it was set', async () => {
    const { proxy, client, server } = await pair();
    await roundTrip(client, server);
    proxy.down.fault = reset({ after: 2 });
    server.socket.write('abc');
    expect(await client.ended).toBe('reset');
    expect(client.text).toBe('!ab');
  });

  it.each<[string, Fault, 'end' | 'reset']>([
    ['cut', cut(), 'end'],
    ['reset', reset(), 'reset'],
  ])('happens at once to open connections and to new ones: %s', async (_name, fault, ending) => {
    const { proxy, client, server } = await pair();
    await roundTrip(client, server);
    proxy.up.fault = fault;
    expect(await Promise.all([client.ended, server.ended])).toEqual([ending, ending]);
    const next = dial(proxy);
    expect(await next.ended).toBe(ending);
  });
});

describe('silence', () => {
  it('loses a reply, and the end behind it', async () => {
    const { proxy, client, server } = await pair((each) => (each.down.fault = silence()));
    client.socket.write('ask');
    await server.has(3);
    server.socket.end('answer');
    await proxy.down.arrived(6);
    client.socket.write('anybody?');
    expect(await server.has(11)).toBe('askanybody?');
    expect(client.text).toBe('');
  });

  it('begins after so many bytes', async () => {
    const { proxy, client, server } = await pair((each) => (each.up.fault = silence({ after: 3 })));
    client.socket.write('ask more');
    await proxy.up.arrived(8);
    server.socket.write('!');
    await client.has(1);
    expect(server.text).toBe('ask');
  });

  it('both ways leaves a connection half open: neither side hears of the end of the other', async () => {
    const { proxy, client, server } = await pair();
    await roundTrip(client, server);
    proxy.goSilent();
    client.socket.end('bye');
    await proxy.up.arrived(4);
    server.socket.resetAndDestroy();
    await once(server.socket, 'close');
    dial(proxy);
    await proxy.connected(2);
    expect([server.text, client.text]).toEqual(['?', '!']);
    expect(client.socket.readyState).toBe('readOnly');

    await proxy.heal();
    expect(await client.ended).toBe('reset');
  });

  it('can have other bytes in its place', async () => {
    const { proxy, client, server } = await pair((each) => (each.down.fault = instead('garbage')));
    server.socket.write('an answer');
    expect(await client.has(7)).toBe('garbage');
    server.socket.write(' that goes on');
    await proxy.down.arrived(22);
    client.socket.write('?');
    await server.has(1);
    expect(client.text).toBe('garbage');
  });
});

describe('slowness', () => {
  it('holds bytes back until the fault is over, in order', async () => {
    const { proxy, client, server } = await pair((each) => (each.up.fault = stall));
    client.socket.write('held');
    server.socket.write('!');
    await client.has(1);
    expect(server.text).toBe('');
    proxy.up.fault = pass;
    client.socket.write(' back');
    expect(await server.has(9)).toBe('held back');
  });

  it('stops a sender that goes on and on', async () => {
    const { proxy, client } = await pair((each) => (each.up.fault = stall));
    const size = 64 * 1024 * 1024;
    client.socket.write(Buffer.alloc(size));
    await proxy.up.arrived(1);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    proxy.up.fault = pass;
    await proxy.up.passed(size);
  });

  it('delays without changing anything', async () => {
    const { client, server } = await pair((proxy) => (proxy.up.fault = delay(5)));
    client.socket.write('one');
    client.socket.write('two');
    expect(await server.has(6)).toBe('onetwo');
  });

  it('lets go of what it delays when the fault is over', async () => {
    const { proxy, client, server } = await pair((each) => (each.up.fault = delay(2 ** 30)));
    client.socket.write('late');
    await proxy.up.arrived(4);
    await proxy.heal();
    expect(await server.has(4)).toBe('late');
  });

  it('drips a few bytes at a time', async () => {
    const { proxy, client, server } = await pair((each) => (each.down.fault = drip(2, 1)));
    const pieces: string[] = [];
    client.socket.on('data', (piece: string) => pieces.push(piece));
    server.socket.write('slowly');
    expect(await client.has(6)).toBe('slowly');
    expect(pieces.length).toBeGreaterThan(1);
    await proxy.down.passed(6);
  });
});

describe('a proxy that refuses', () => {
  it('lets nobody in, keeps who is there, and takes its port again', async () => {
    const { proxy, client, server } = await pair();
    proxy.refuse();
    const [error] = (await once(dial(proxy).socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    await roundTrip(client, server);
    await proxy.heal();
    const next = dial(proxy);
    next.socket.write('?');
    await proxy.connected(2);
  });
});
