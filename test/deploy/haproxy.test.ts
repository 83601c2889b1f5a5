import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Closing } from '../pipeline/support/closing';
import { describeWithHaproxy, TestBalancer } from './support/haproxy';

/** A relay as the load balancer sees one: ready or not, with calls that echo, and everything else answered by its name. */
class EchoRelay {
  isReady = true;
  /** What it answers requests with that it refuses; undefined while it takes them. */
  refusal: number | undefined;
  /** Whether it dies of every request before it has answered. */
  isDying = false;
  readonly heads: IncomingHttpHeaders[] = [];
  readonly #server: Server;
  readonly #calls = new WebSocketServer({ noServer: true });

  static async open(name: string): Promise<EchoRelay> {
    const relay = new EchoRelay(name);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(name: string) {
    this.#server = createServer((request, response) => {
      if (request.url === '/readyz') {
        response.writeHead(this.isReady ? 200 : 503).end();
        return;
      }
      this.heads.push(request.headers);
      if (this.isDying) {
        request.socket.destroy();
        return;
      }
      response.writeHead(this.refusal ?? 200).end(name);
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.isDying) {
        socket.destroy();
        return;
      }
      if (this.refusal !== undefined) {
        socket.end(`HTTP/1.1 ${this.refusal} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#calls.handleUpgrade(request, socket, head, (call) => {
        call.on('message', (data: Buffer) => call.send(`${name}: ${data.toString()}`));
      });
    });
  }

  get address(): string {
    // A cast, because `address` is a string only for servers on a pipe.
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const call of this.#calls.clients) call.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describeWithHaproxy('the load balancer', () => {
  const opened = new Closing();
  afterEach(() => opened.all());

  const openRelay = async (name: string) => opened.add(await EchoRelay.open(name), (each) => each.close());
  const balance = async (...relays: readonly EchoRelay[]) =>
    opened.add(await TestBalancer.start(relays.map(({ address }) => address)), (each) => each.stop());

  const call = async ({ origin }: TestBalancer) => {
    const socket = opened.add(new WebSocket(`${origin.replace('http', 'ws')}/v1/realtime`), (each) => {
      each.terminate();
      return Promise.resolve();
    });
    await once(socket, 'open');
    return socket;
  };
  const echoOf = async (socket: WebSocket, words: string) => {
    socket.send(words);
    const [data] = (await once(socket, 'message')) as [Buffer];
    return data.toString();
  };
  const ask = async ({ origin }: TestBalancer, path = '/api/execute-intent') => {
    const response = await fetch(`${origin}${path}`, { method: 'POST', body: '{}' });
    return { status: response.status, text: await response.text() };
  };

  it('lets the calls of a relay that is no longer ready go on, and sends it no new ones', async () => {
    const [a, b] = [await openRelay('a'), await openRelay('b')];
    const balancer = await balance(a, b);
    await balancer.sees('relay-a', 'UP');
    b.isReady = false;
    await balancer.sees('relay-b', 'DOWN');
    const running = await call(balancer);
    b.isReady = true;
    await balancer.sees('relay-b', 'UP');
    a.isReady = false;
    await balancer.sees('relay-a', 'DOWN');
    expect(await echoOf(running, 'still there?')).toBe('a: still there?');
    for (let time = 0; time < 5; time++) expect(await echoOf(await call(balancer), 'who?')).toBe('b: who?');
  });

  it('takes to another relay what one refuses because it stops, before that has been noticed', async () => {
    const [a, b] = [await openRelay('a'), await openRelay('b')];
    const balancer = await balance(a, b);
    await balancer.sees('relay-a', 'UP');
    await balancer.sees('relay-b', 'UP');
    a.refusal = 503;
    for (let time = 0; time < 5; time++) {
      expect(await ask(balancer)).toEqual({ status: 200, text: 'b' });
      expect(await echoOf(await call(balancer), 'who?')).toBe('b: who?');
    }
  });

  it('takes to another relay a call whose relay died before it began, but no request, which may have been heard', async () => {
    const [a, b] = [await openRelay('a'), await openRelay('b')];
    const balancer = await balance(a, b);
    await balancer.sees('relay-a', 'UP');
    await balancer.sees('relay-b', 'UP');
    a.isDying = true;
    for (let time = 0; time < 4; time++) {
      expect(await echoOf(await call(balancer), 'who?')).toBe('b: who?');
      expect(await ask(balancer, '/telephony/twilio/voice')).toEqual({ status: 200, text: 'b' });
    }
    const before = b.heads.length;
    const answers = [await ask(balancer), await ask(balancer)];
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 502]);
    expect(b.heads).toHaveLength(before + 1);
  });

  it('passes on every other refusal as it is', async () => {
    const a = await openRelay('a');
    const balancer = await balance(a);
    await balancer.sees('relay-a', 'UP');
    a.refusal = 401;
    expect(await ask(balancer)).toEqual({ status: 401, text: 'a' });
    expect(a.heads).toHaveLength(1);
  });

  it('is ready itself while one relay is', async () => {
    const a = await openRelay('a');
    const balancer = await balance(a);
    await balancer.sees('relay-a', 'UP');
    expect((await fetch(`${balancer.origin}/readyz`)).status).toBe(200);
    a.isReady = false;
    await balancer.sees('relay-a', 'DOWN');
    expect((await fetch(`${balancer.origin}/readyz`)).status).toBe(503);
    expect((await ask(balancer)).status).toBe(503);
  });

  it('tells relays who asks, whatever that one says of itself, so that nobody passes for their own machine', async () => {
    const a = await openRelay('a');
    const balancer = await balance(a);
    await balancer.sees('relay-a', 'UP');
    await fetch(`${balancer.origin}/`, { headers: { 'x-forwarded-for': '10.9.8.7' } });
    expect(a.heads).toMatchObject([{ 'x-forwarded-for': '127.0.0.1' }]);
  });

  it('counts what an address asks for in a second', async () => {
    const a = await openRelay('a');
    const balancer = await balance(a);
    await balancer.sees('relay-a', 'UP');
    const answers = await Promise.all(Array.from({ length: 400 }, () => fetch(`${balancer.origin}/`)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(await refused[0]?.json()).toMatchObject({ error: { code: 'too_many_connections' } });
  });

  it('tells Prometheus what it sees', async () => {
    const a = await openRelay('a');
    const balancer = await balance(a);
    await balancer.sees('relay-a', 'UP');
    expect(await balancer.metrics()).toMatch(/haproxy_server_status\{.*server="relay-a".*state="UP"\} 1/);
  });
});
