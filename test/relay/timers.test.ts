import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Timers } from '../../relay/timers';

describe('timers', () => {
  it('go off once, and not when they were cleared or set anew', async () => {
    const gone: string[] = [];
    const timers = new Timers<'a' | 'b' | 'c'>((name) => gone.push(name));
    timers.set('a', 60_000);
    timers.set('a', 1);
    timers.set('b', 1);
    timers.set('c', 60_000);
    timers.clear('b');
    while (gone.length === 0) await sleep(1);
    timers.clearAll();
    await sleep(5);
    expect(gone).toEqual(['a']);
  });

  it('can be cleared when they are due already', async () => {
    const gone: string[] = [];
    const timers = new Timers<'early' | 'late'>((name) => {
      gone.push(name);
      timers.clearAll();
    });
    timers.set('early', 1);
    timers.set('late', 1);
    holdUp(10);
    while (gone.length === 0) await sleep(1);
    await sleep(5);
    expect(gone).toEqual(['early']);
  });

  it('go off after what came in before they were due, also when the process was held up', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has an address of this kind.
    const { port } = server.address() as AddressInfo;
    const sender = connect(port, '127.0.0.1');
    // What `connection` brings along is the socket.
    const [receiver] = (await once(server, 'connection')) as [Socket];
    const order: string[] = [];
    const timers = new Timers((name) => order.push(name));
    receiver.on('data', () => order.push('data'));
    timers.set('timer', 5);
    sender.write('something');
    holdUp(20);
    while (order.length < 2) await sleep(1);
    sender.destroy();
    receiver.destroy();
    server.close();
    expect(order).toEqual(['data', 'timer']);
  });
});

function holdUp(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}
