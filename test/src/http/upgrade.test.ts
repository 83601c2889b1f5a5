import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { WebSocket } from 'ws';
import { createGate, type Gate } from '../../../src/auth';
import { createClientTokens } from '../../../src/auth/client-token';
import type { OrgConfig } from '../../../src/config';
import { type ClientEntranceOptions, createClientEntrance } from '../../../src/http/client-entrance';
import { createSessionDoor } from '../../../src/http/session-door';
import { addUpgrade, type Entrance, type UpgradeOptions } from '../../../src/http/upgrade';
import { createConnectRate } from '../../../src/quota/connect-rate';
import { MemoryPlaces } from '../../../src/quota/memory-places';
import { fullDoor, openDoor } from '../support/doors';
import { limitsWith, orgWith } from '../support/org';
import { rawRequest, upgradeRequest } from '../support/raw-http';

const org = orgWith();
const tokens = createClientTokens('s'.repeat(32));
const gate = createGate({ orgs: [org], operatorKey: undefined, publicUrl: undefined, tokens });
const authorization = 'Bearer acme-key-0123456789';

const servers: Server[] = [];
const clients: WebSocket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

type ServerParts = Partial<UpgradeOptions & ClientEntranceOptions>;

/** A server whose sessions send back what they hear, and what it let in or refused. */
async function serve(parts: ServerParts = {}) {
  const { gate: judging = gate, door = openDoor, ...changes } = parts;
  const opened: { client: WebSocket; org: OrgConfig }[] = [];
  const refused: string[] = [];
  const server = createServer();
  servers.push(server);
  addUpgrade(server, {
    entrance: createClientEntrance({ gate: judging, door }),
    rate: createConnectRate(1_000),
    limits: limitsWith(),
    metrics: { refused: (code) => void refused.push(code) },
    isDraining: () => false,
    open(client, forOrg) {
      opened.push({ client, org: forOrg });
      clients.push(client);
      client.on('message', (data: Buffer) => client.send(data.toString()));
      client.on('error', () => undefined);
    },
    ...changes,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, opened, refused };
}

function connectTo(port: number, protocols: string[] = [], headers: Record<string, string> = { authorization }) {
  const client = new WebSocket(`ws://127.0.0.1:${port}/v1/realtime?model=ignored`, protocols, { headers });
  clients.push(client);
  return client;
}

describe('lets in', () => {
  it('a client with a key, and loses no message that comes with the request', async () => {
    const { port, opened } = await serve();
    const socket = connect(port, '127.0.0.1');
    // A masked text frame with "hi", in the very bytes of the request.
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    socket.write(Buffer.concat([Buffer.from(upgradeRequest(port, { authorization })), frame]));
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer]);
      if (answer.includes(Buffer.from([0x81, 0x02, 0x68, 0x69]))) break;
    }
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
    expect(opened).toMatchObject([{ org: { id: 'acme' } }]);
  });

  it('a browser, whose credential it does not repeat', async () => {
    const { port, opened } = await serve();
    const { value } = await tokens.mint('acme');
    const client = connectTo(port, [`openai-insecure-api-key.${value}`, 'realtime'], {});
    await once(client, 'open');
    expect(client.protocol).toBe('realtime');
    expect(opened).toHaveLength(1);
  });

  it('a client that asks for no protocol, and selects none', async () => {
    const { port } = await serve();
    const client = connectTo(port);
    await once(client, 'open');
    expect(client.protocol).toBe('');
    expect(client.extensions).toBe('');
  });

  it('messages as large as the org’s limit, and ends over larger ones', async () => {
    const small = orgWith({ limits: limitsWith({ maxMessageBytes: 2_048 }) });
    const { port } = await serve({
      gate: createGate({ orgs: [small], operatorKey: undefined, publicUrl: undefined, tokens }),
    });
    const client = connectTo(port);
    await once(client, 'open');
    client.send('x'.repeat(2_048));
    await once(client, 'message');
    client.send('x'.repeat(2_049));
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(1009);
  });
});

it('lets in no more than there is room for, of clients who are all judged at once', async () => {
  const orgs = [orgWith({ limits: limitsWith({ sessionsPerOrg: 2 }) })];
  const small = createGate({ orgs, operatorKey: undefined, publicUrl: undefined, tokens });
  const allJudged = Promise.withResolvers<undefined>();
  let judged = 0;
  const together: Gate = {
    async identify(facts) {
      judged += 1;
      if (judged === 20) allJudged.resolve(undefined);
      await allJudged.promise;
      return small.identify(facts);
    },
  };
  const { port, opened, refused } = await serve({ gate: together, door: createSessionDoor(new MemoryPlaces()) });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => once(connectTo(port), 'open')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(opened).toHaveLength(2);
  expect(refused).toEqual(Array.from({ length: 18 }, () => 'too_many_sessions'));
});

it('tells who judged a request that its socket was never opened, because whoever asked had gone', async () => {
  const abandoned = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<undefined>();
  const media: Entrance = {
    async judge({ socket }) {
      asked.resolve(undefined);
      await new Promise((resolve) => socket.once('close', resolve));
      const open = () => abandoned.resolve('opened');
      return { maxMessageBytes: 1_024, open, abandoned: () => abandoned.resolve('abandoned') };
    },
  };
  const { port } = await serve({ media });
  const client = connect(port, '127.0.0.1');
  client.write(upgradeRequest(port, {}).replace('/v1/realtime', '/media'));
  await asked.promise;
  client.resetAndDestroy();
  expect(await abandoned.promise).toBe('abandoned');
});

describe('refuses', () => {
  const never: Gate = { identify: () => new Promise(() => undefined) };
  const broken: Gate = { identify: () => Promise.reject(new Error('on purpose')) };

  it.each<[string, number, string, ServerParts, Record<string, string | undefined>]>([
    ['no credential', 401, 'missing_credential', {}, {}],
    ['a wrong key', 401, 'invalid_credential', {}, { authorization: 'Bearer x' }],
    ['a page from elsewhere', 403, 'origin_not_allowed', {}, { authorization, origin: 'https://evil.example' }],
    ['an org that is full', 429, 'too_many_sessions', { door: fullDoor }, { authorization }],
    ['everyone while it drains', 503, 'draining', { isDraining: () => true }, { authorization }],
    [
      'who cannot be judged in time',
      408,
      'handshake_timeout',
      { gate: never, limits: limitsWith({ handshakeMs: 20 }) },
      { authorization },
    ],
    ['who cannot be judged at all', 500, 'internal_error', { gate: broken }, { authorization }],
    ['a handshake without a key', 400, 'invalid_request', {}, { authorization, 'sec-websocket-key': undefined }],
    ['a handshake of another version', 400, 'invalid_request', {}, { authorization, 'sec-websocket-version': '7' }],
    ['subprotocols that are none', 400, 'invalid_request', {}, { authorization, 'sec-websocket-protocol': 'a,,b' }],
  ])('%s with %i and %s', async (_case, status, code, changes, headers) => {
    const { port, opened } = await serve(changes);
    const answer = await rawRequest(port, upgradeRequest(port, headers));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ connection: 'close', 'content-type': 'application/json; charset=utf-8' });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code, message: expect.any(String) as string } });
    expect('retry-after' in answer.headers).toBe([408, 429, 503].includes(status));
    expect(opened).toHaveLength(0);
  });

  it('other paths', async () => {
    const { port } = await serve();
    const answer = await rawRequest(port, upgradeRequest(port, { authorization }, '/v1/realtime/x'));
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('counts what it refuses', async () => {
    const { port, refused } = await serve();
    await rawRequest(port, upgradeRequest(port));
    expect(refused).toEqual(['missing_credential']);
  });

  it('who connects too often, whoever it is', async () => {
    const { port } = await serve({ rate: createConnectRate(3) });
    const answers = await Promise.all(Array.from({ length: 5 }, () => rawRequest(port, upgradeRequest(port))));
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429, 429]);
  });

  it('who was being judged when the draining began', async () => {
    let isDraining = false;
    const slow: Gate = {
      identify: async (request) => {
        isDraining = true;
        return gate.identify(request);
      },
    };
    const { port } = await serve({ gate: slow, isDraining: () => isDraining });
    expect((await rawRequest(port, upgradeRequest(port, { authorization }))).status).toBe(503);
  });
});

it('survives clients that reset the connection while they are judged', async () => {
  let arrived: () => void = () => undefined;
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  let answer: () => void = () => undefined;
  const slow: Gate = {
    identify: (request) =>
      new Promise((resolve) => {
        answer = () => void gate.identify(request).then(resolve);
        arrived();
      }),
  };
  const { port, opened, server } = await serve({ gate: slow });
  const gone = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
  const socket = connect(port, '127.0.0.1');
  socket.write(upgradeRequest(port, { authorization }));
  await arrival;
  socket.resetAndDestroy();
  await gone;
  answer();
  await new Promise(setImmediate);
  expect(opened).toHaveLength(0);
  const client = connectTo(port);
  await once(server, 'upgrade');
  await new Promise(setImmediate);
  answer();
  await once(client, 'open');
});
