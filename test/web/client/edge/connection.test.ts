import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { createClientTokens } from '../../../../src/auth/client-token';
import { Connection, type ConnectionEvents } from '../../../../web/client/edge/connection';
import { type TokenSource } from '../../../../web/client/edge/token';
import { CallError } from '../../../../web/client/errors';
import { Closing } from '../../../pipeline/support/closing';
import { openHouse, type House } from '../../../e2e/support/house';
import { orgKey } from '../../../src/support/relay';

const opened = new Closing();
afterEach(() => opened.all());

/** What became of a connection, and its first message. */
async function outcomeOf(url: string, token: TokenSource): Promise<string> {
  return new Promise((resolve) => {
    const events: ConnectionEvents = {
      onMessage: (text) => {
        connection.close();
        resolve((JSON.parse(text) as { type: string }).type);
      },
      onRefused: (why) => resolve(`${why.kind} ${why.error.code} ${why.error.detail ?? ''}`.trim()),
      onClosed: (code, reason) => resolve(`closed ${code} ${reason}`),
    };
    const connection = new Connection(url, token, events);
  });
}

const secret = 's'.repeat(32);
const variables = { RELAY_TOKEN_SECRET: secret };
const mint = async (nowMs = Date.now()) => (await createClientTokens(secret, () => nowMs).mint('org_demo_001')).value;

describe('a connection', () => {
  it('is let in with a token, or with a function that gets one', async () => {
    const { url } = await openHouse(opened, { variables });
    const token = await mint();
    expect(await outcomeOf(url, token)).toBe('session.created');
    expect(await outcomeOf(url, () => token)).toBe('session.created');
    expect(await outcomeOf(url, () => Promise.resolve(token))).toBe('session.created');
  });

  it.each<[string, (house: House) => TokenSource | Promise<TokenSource>]>([
    ['final token_expired token_expired', () => mint(Date.now() - 3_600_000)],
    ['final token_refused invalid_credential', () => 'ek_forged'],
    ['final token_refused', () => 'no token, with spaces'],
    [
      'final token_unavailable',
      () => () => {
        throw new Error('logged out');
      },
    ],
    ['final token_unavailable', () => () => Promise.reject(new Error('logged out'))],
    ['final token_unavailable', () => () => ''],
    ['transient relay_unreachable token', () => () => fetch('http://127.0.0.1:9/').then((answer) => answer.text())],
    ['transient relay_busy', () => () => Promise.reject(new CallError('relay_busy'))],
    ['final token_expired', () => () => Promise.reject(new CallError('token_expired'))],
  ])('learns why it is refused: %s', async (outcome, token) => {
    const house = await openHouse(opened, { variables });
    expect(await outcomeOf(house.url, await token(house))).toBe(outcome);
  });

  it('learns that the relay is busy', async () => {
    const { url } = await openHouse(opened, { limits: { sessionsPerOrg: 0 } });
    expect(await outcomeOf(url, orgKey)).toBe('transient relay_busy too_many_sessions');
  });

  it('cannot learn anything where nobody answers', async () => {
    expect(await outcomeOf('ws://127.0.0.1:9/v1/realtime', 'ek_1')).toBe('transient relay_unreachable');
  });

  it('tells how it was closed', async () => {
    const house = await openHouse(opened, { variables, simulator: { faults: { handshake: { status: 401 } } } });
    const ended = new Promise((resolve) => {
      void mint().then((token) => {
        new Connection(house.url, token, {
          onMessage: () => undefined,
          onRefused: resolve,
          onClosed: (code, reason) => resolve([code, reason]),
        });
      });
    });
    expect(await ended).toEqual([1011, 'upstream_unauthorized']);
  });

  it('asks nothing more once it is closed, even in the middle of connecting', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    opened.add(server, (running) => new Promise((resolve) => running.close(resolve)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    // A cast, because `address` is a string only for servers on a pipe.
    const { port } = server.address() as AddressInfo;
    const upgrade = once(server, 'upgrade');
    const connection = new Connection(`ws://127.0.0.1:${port}/call`, 'ek_1', {
      onMessage: () => undefined,
      onRefused: () => undefined,
      onClosed: () => undefined,
    });
    // A cast, because events have no types.
    const [, socket] = (await upgrade) as [unknown, Socket];
    connection.close();
    socket.destroy();
    await (await fetch(`http://127.0.0.1:${port}/afterwards`)).text();
    expect(asked).toEqual(['/afterwards']);
  });

  it('keeps up, until too much waits to be sent, and again once that is sent', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    opened.add(server, (running) => {
      for (const client of running.clients) client.terminate();
      return new Promise((resolve) => running.close(resolve));
    });
    await once(server, 'listening');
    // A cast, because `address` is a string only for servers on a pipe.
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection');
    const { promise: greeted, resolve: greet } = Promise.withResolvers<string>();
    const connection = new Connection(`ws://127.0.0.1:${port}/call`, 'ek_1', {
      onMessage: greet,
      onRefused: () => undefined,
      onClosed: () => undefined,
    });
    expect(connection.keepsUp()).toBe(false);
    // A cast, because events have no types.
    const [relay] = (await connected) as [WebSocket];
    relay.send('{}');
    await greeted;
    expect(connection.keepsUp()).toBe(true);
    relay.pause();
    for (let sent = 0; sent < 64 && connection.keepsUp(); sent += 1) {
      connection.send({ audio: 'A'.repeat(1_000_000) });
      await new Promise(setImmediate);
    }
    expect(connection.keepsUp()).toBe(false);
    relay.resume();
    while (!connection.keepsUp()) await once(relay, 'message');
    connection.close();
  });

  it('tells nothing once it is closed', async () => {
    const { url } = await openHouse(opened, { variables });
    const told: string[] = [];
    const connection = new Connection(url, () => new Promise<string>(() => undefined), {
      onMessage: (text) => told.push(text),
      onRefused: ({ kind }) => told.push(kind),
      onClosed: (code) => told.push(String(code)),
    });
    connection.close();
    connection.send({ type: 'response.create' });
    expect(told).toEqual([]);
  });
});
