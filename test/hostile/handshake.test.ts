import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SignJWT } from 'jose';
import { loggerTo } from '../../src/log';
import { startRelay } from '../../src/server';
import { selfSigned } from '../pipeline/support/certificate';
import { Closing } from '../pipeline/support/closing';
import { openHouse, upstreamKey } from '../e2e/support/house';
import { rawRequest, readAnswer, upgradeRequest } from '../src/support/raw-http';
import { bearer, configWith, operatorKey, orgKey, withLimits } from '../src/support/relay';
import { frame } from './support/frames';
import { metricsOf } from './support/metrics';
import { expectUnharmed } from './support/unharmed';

const opened = new Closing();
afterEach(() => opened.all());

const body = '{"org_id":"org_demo_001","tool_name":"create_appointment","tool_args":{}}';

const silentLog = () => loggerTo({ write: () => undefined });

async function dial(port: number): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  opened.add(socket, () => Promise.resolve(socket.destroy()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** A request with one of its headers repeated, with another value. */
const twice = (request: string, header: string) => request.replace('\r\n\r\n', `\r\n${header}: x\r\n\r\n`);

/** Resolves when a connection is over, in whatever way. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => {
    socket.resume().once('close', () => resolve());
  });

/** A token as the relay makes them, but for some things. */
const forgedToken = async (secret: string, claims: object = {}, expiresS = 600) => {
  const now = Math.floor(Date.now() / 1000);
  const jwt = new SignJWT({ org: 'org_demo_001', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('realtime-relay')
    .setAudience('realtime-relay/session')
    .setIssuedAt(now - 1_000)
    .setExpirationTime(now + expiresS);
  return `ek_${await jwt.sign(Buffer.from(secret))}`;
};
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsignedToken = `ek_${part({ alg: 'none' })}.${part({ org: 'org_demo_001', exp: 9_999_999_999, iss: 'realtime-relay', aud: 'realtime-relay/session' })}.`;
const tokenSecret = 'the secret that signs the tokens of this test';

describe('a wrong credential is refused, in whatever form it comes', () => {
  const wrong: [string, number, string, Record<string, string> | (() => Promise<Record<string, string>>)][] = [
    ['none', 401, 'missing_credential', {}],
    ['a key in a cookie', 401, 'missing_credential', { cookie: `key=${orgKey}` }],
    ['a key in a header of its own', 401, 'missing_credential', { 'api-key': orgKey, 'x-api-key': orgKey }],
    ['an empty header', 401, 'invalid_credential', { authorization: '' }],
    ['a scheme alone', 401, 'invalid_credential', { authorization: 'Bearer' }],
    ['a key alone', 401, 'invalid_credential', { authorization: orgKey }],
    ['Basic', 401, 'invalid_credential', { authorization: `Basic ${Buffer.from(`:${orgKey}`).toString('base64')}` }],
    ['two keys', 401, 'invalid_credential', { authorization: `Bearer ${orgKey} ${orgKey}` }],
    ['two keys with a comma', 401, 'invalid_credential', { authorization: `Bearer ${orgKey},${orgKey}` }],
    ['a key in quotes', 401, 'invalid_credential', { authorization: `Bearer "${orgKey}"` }],
    ['a key that goes on', 401, 'invalid_credential', { authorization: `Bearer ${orgKey}x` }],
    ['the beginning of a key', 401, 'invalid_credential', { authorization: `Bearer ${orgKey.slice(0, -1)}` }],
    ['a key in capitals', 401, 'invalid_credential', { authorization: `Bearer ${orgKey.toUpperCase()}` }],
    ['a key that is not ASCII', 401, 'invalid_credential', { authorization: 'Bearer schlüssel' }],
    ['12,000 letters', 401, 'invalid_credential', { authorization: `Bearer ${'x'.repeat(12_000)}` }],
    ['upstream’s key', 401, 'invalid_credential', { authorization: `Bearer ${upstreamKey}` }],
    ['the operator’s key', 401, 'key_required', { authorization: `Bearer ${operatorKey}` }],
    ['a name of the prototype', 401, 'invalid_credential', { authorization: 'Bearer __proto__' }],
    ['a token that is none', 401, 'invalid_credential', { authorization: 'Bearer ek_x' }],
    ['a token nobody signed', 401, 'invalid_credential', { authorization: `Bearer ${unsignedToken}` }],
    [
      'a token somebody else signed',
      401,
      'invalid_credential',
      async () => bearer(await forgedToken('another secret that is long enough for it')),
    ],
    [
      'a token of an org that is not',
      403,
      'unknown_org',
      async () => bearer(await forgedToken(tokenSecret, { org: 'gone' })),
    ],
    [
      'a token for something else',
      401,
      'invalid_credential',
      async () => bearer(await forgedToken(tokenSecret, { aud: 'x', org: 1 })),
    ],
    ['a token that is over', 401, 'token_expired', async () => bearer(await forgedToken(tokenSecret, {}, -10))],
    ['an empty subprotocol', 401, 'invalid_credential', { 'sec-websocket-protocol': 'openai-insecure-api-key.' }],
    [
      'two subprotocols with keys',
      401,
      'invalid_credential',
      { 'sec-websocket-protocol': `openai-insecure-api-key.${orgKey}, openai-insecure-api-key.x` },
    ],
    [
      'a wrong header beside the right subprotocol',
      401,
      'invalid_credential',
      { authorization: 'Bearer x', 'sec-websocket-protocol': `realtime, openai-insecure-api-key.${orgKey}` },
    ],
    ['a page from elsewhere', 403, 'origin_not_allowed', { ...bearer(orgKey), origin: 'https://evil.example' }],
    ['a page from nowhere', 403, 'origin_not_allowed', { ...bearer(orgKey), origin: 'null' }],
  ];

  it.each(wrong)('%s: %i %s', async (_case, status, code, given) => {
    const house = await openHouse(opened, { variables: { RELAY_TOKEN_SECRET: tokenSecret } });
    const headers = typeof given === 'function' ? await given() : given;
    const path = `/v1/realtime?api_key=${orgKey}&model=x`;
    const answer = await rawRequest(house.relay.port, upgradeRequest(house.relay.port, headers, path));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code, message: expect.any(String) as string } });
    const secrets = Object.values(headers).filter((value) => value.length >= 8);
    expect(secrets.filter((value) => answer.body.includes(value))).toEqual([]);
    expect((await metricsOf(house.relay)).get(`relay_refused_total{code="${code}"}`)).toBe(1);
    expect(house.simulator.handshakes).toBe(0);

    const http = await fetch(`${house.relay.url}/api/execute-intent`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(headers['authorization'] ? { authorization: 'Bearer x' } : {}),
      },
      body,
    });
    expect(http.status).toBe(401);
    expect(house.hook.requests).toEqual([]);
  });
});

describe('a handshake that is none is refused', () => {
  const key = Buffer.alloc(16, 1).toString('base64');

  it.each<[string, number, (port: number) => string]>([
    ['without a key', 400, (port) => upgradeRequest(port, { ...bearer(orgKey), 'sec-websocket-key': undefined })],
    ['with a short key', 400, (port) => upgradeRequest(port, { ...bearer(orgKey), 'sec-websocket-key': 'x' })],
    ['of version 12', 400, (port) => upgradeRequest(port, { ...bearer(orgKey), 'sec-websocket-version': '12' })],
    [
      'without a version',
      400,
      (port) => upgradeRequest(port, { ...bearer(orgKey), 'sec-websocket-version': undefined }),
    ],
    ['with POST', 400, (port) => upgradeRequest(port, bearer(orgKey)).replace('GET', 'POST')],
    ['with two credentials', 400, (port) => twice(upgradeRequest(port, bearer(orgKey)), 'authorization')],
    ['with two hosts', 400, (port) => twice(upgradeRequest(port, bearer(orgKey)), 'host')],
    ['with a body', 400, (port) => `${upgradeRequest(port, { ...bearer(orgKey), 'content-length': '5' })}hello`],
    [
      'with a body in chunks',
      400,
      (port) => `${upgradeRequest(port, { ...bearer(orgKey), 'transfer-encoding': 'chunked' })}0\r\n\r\n`,
    ],
    [
      'to something else',
      426,
      (port) => upgradeRequest(port, { ...bearer(orgKey), upgrade: 'h2c', connection: 'close' }),
    ],
    ['that does not upgrade', 426, (port) => upgradeRequest(port, { ...bearer(orgKey), connection: 'close' })],
    ['to another path', 404, (port) => upgradeRequest(port, bearer(orgKey), '/v1/realtime/')],
    ['to a path with dots', 404, (port) => upgradeRequest(port, bearer(orgKey), '/x/../v1/realtime')],
    ['to an escaped path', 404, (port) => upgradeRequest(port, bearer(orgKey), '/v1/%72ealtime')],
    ['to a path that is no path', 404, (port) => upgradeRequest(port, bearer(orgKey), '*')],
    [
      'with subprotocols that are none',
      400,
      (port) => upgradeRequest(port, { ...bearer(orgKey), 'sec-websocket-protocol': 'a b' }),
    ],
    [
      'with extensions that are none',
      101,
      (port) => upgradeRequest(port, { ...bearer(orgKey), 'sec-websocket-extensions': ';;=,"' }),
    ],
    ['with a head of 17 KiB', 431, (port) => upgradeRequest(port, { ...bearer(orgKey), cookie: 'x'.repeat(17_000) })],
    ['with a header of NUL', 400, (port) => upgradeRequest(port, { ...bearer(orgKey), cookie: 'a\0b' })],
    ['in HTTP/0.9', 401, () => 'GET /v1/realtime\r\nsec-websocket-key: x\r\n'.concat(`k: ${key}\r\n\r\n`)],
  ])('%s: %i', async (_case, status, request) => {
    const house = await openHouse(opened);
    const socket = await dial(house.relay.port);
    socket.write(request(house.relay.port));
    const head = String((await once(socket, 'data'))[0]);
    expect(head.split(' ')[1]).toBe(String(status));
    socket.destroy();
    await expectUnharmed(opened, house);
  });
});

describe('a request whose end can be seen in two ways is refused, and nothing behind it is served', () => {
  const credential = `authorization: Bearer ${orgKey}\r\n`;
  const hidden = `POST /api/execute-intent HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${credential}content-length: ${body.length}\r\n\r\n${body}`;
  const post = (headers: string, rest: string) =>
    `POST /api/execute-intent HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${credential}${headers}\r\n\r\n${rest}`;

  it.each<[string, string]>([
    ['both lengths', post(`content-length: ${5 + hidden.length}\r\ntransfer-encoding: chunked`, `0\r\n\r\n${hidden}`)],
    ['both lengths, the other first', post('transfer-encoding: chunked\r\ncontent-length: 5', `0\r\n\r\n${hidden}`)],
    ['two lengths', post(`content-length: 0\r\ncontent-length: ${hidden.length}`, hidden)],
    ['a length in a list', post(`content-length: 0, ${hidden.length}`, hidden)],
    ['a length with a sign', post('content-length: +0', hidden)],
    ['a length in hexadecimal', post('content-length: 0x0', hidden)],
    ['a length below nothing', post('content-length: -1', hidden)],
    ['chunks that are not the last coding', post('transfer-encoding: chunked, identity', `0\r\n\r\n${hidden}`)],
    ['chunks with a blank before the colon', post('transfer-encoding : chunked', `0\r\n\r\n${hidden}`)],
    ['chunks in a folded line', post('x: y\r\n transfer-encoding: chunked', `0\r\n\r\n${hidden}`)],
    ['lines that end without a return', post('transfer-encoding: chunked', '').replaceAll('\r\n', '\n') + hidden],
    ['a header after a bare return', post('x: y\rcontent-length: 0', hidden)],
    ['a chunk longer than it can be', post('transfer-encoding: chunked', `ffffffffffffffffff\r\n${hidden}`)],
    ['a chunk of a length that is none', post('transfer-encoding: chunked', `0x0\r\n\r\n${hidden}`)],
    ['a chunk that ends elsewhere', post('transfer-encoding: chunked', `1\r\nxy\r\n0\r\n\r\n${hidden}`)],
    ['two hosts', twice(post('content-length: 2', '{}'), 'host')],
    ['two credentials', twice(post('content-length: 2', '{}'), 'authorization')],
    ['a request line of its own', `GET /healthz HTTP/1.1 x\r\nhost: x\r\n\r\n${hidden}`],
    ['another protocol', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`],
    ['TLS', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${hidden}`],
  ])('%s', async (_case, request) => {
    const house = await openHouse(opened);
    // Returns only when the relay has ended the connection.
    const { status, body: said } = await rawRequest(house.relay.port, request);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(JSON.parse(said)).toMatchObject({ error: { type: expect.any(String) as string } });
    expect(said).not.toContain('VALIDATION_FAILED');
    expect(house.log.filter((line) => line.includes('Execute intent'))).toEqual([]);
    await expectUnharmed(opened, house);
  });

  it('and a refusal that comes before the body is the last word on its connection', async () => {
    const house = await openHouse(opened);
    const {
      status,
      headers,
      body: said,
    } = await rawRequest(house.relay.port, post('transfer-encoding: chunked', '1\r\nxy').replace(orgKey, 'wrong'));
    expect([status, headers['connection']]).toEqual([401, 'close']);
    expect(JSON.parse(said)).toMatchObject({ error: { code: 'invalid_credential' } });
  });

  it('counts it', async () => {
    const house = await openHouse(opened);
    await rawRequest(house.relay.port, 'nonsense\r\n\r\n');
    expect((await metricsOf(house.relay)).get('relay_refused_total{code="invalid_request"}')).toBe(1);
  });
});

describe('a client that resets the connection is forgotten', () => {
  const request = upgradeRequest(1, bearer(orgKey));
  const hello = frame('{"type":"input_audio_buffer.clear"}');

  it('at any byte of its request', async () => {
    const house = await openHouse(opened);
    for (let at = 0; at < request.length; at += 9) {
      const socket = await dial(house.relay.port);
      if (at > 0) await new Promise((resolve) => socket.write(request.slice(0, at), resolve));
      socket.resetAndDestroy();
    }
    await expectUnharmed(opened, house);
    expect(house.simulator.handshakes).toBe(1);
  });

  it('right after its request', async () => {
    const house = await openHouse(opened, { limits: { connectsPerSecondPerAddress: 1_000 } });
    for (let time = 0; time < 50; time += 1) {
      const socket = await dial(house.relay.port);
      await new Promise((resolve) => socket.write(request, resolve));
      socket.resetAndDestroy();
    }
    await expectUnharmed(opened, house);
  });

  it.each<[string, Buffer]>([
    ['right after it was let in', Buffer.alloc(0)],
    ['after half of a frame’s head', hello.subarray(0, 1)],
    ['after a frame’s mask', hello.subarray(0, 6)],
    ['in the middle of a frame', hello.subarray(0, 20)],
    ['after a part of a message', frame('{"type', { fin: false })],
    ['after a message', hello],
  ])('%s', async (_when, bytes) => {
    const house = await openHouse(opened);
    for (let time = 0; time < 10; time += 1) {
      const socket = await dial(house.relay.port);
      socket.write(request);
      await once(socket, 'data');
      if (bytes.length > 0) await new Promise((resolve) => socket.write(bytes, resolve));
      socket.resetAndDestroy();
    }
    await expectUnharmed(opened, house);
  });

  it('in the middle of a body', async () => {
    const house = await openHouse(opened);
    const head = `POST /api/execute-intent HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${orgKey}\r\ncontent-length: ${body.length}\r\n\r\n`;
    for (let at = 0; at < body.length; at += 9) {
      const socket = await dial(house.relay.port);
      await new Promise((resolve) => socket.write(head + body.slice(0, at), resolve));
      socket.resetAndDestroy();
    }
    await expectUnharmed(opened, house);
    expect(house.log.filter((line) => line.includes('Execute intent'))).toEqual([]);
  });
});

describe('connections that say nothing are closed after handshakeMs, and hold nobody up', () => {
  const silent = 300;

  it.each<[string, string]>([
    ['at all', ''],
    ['but half a request', 'GET /v1/realtime HTTP/1.1\r\nhost: x\r\n'],
    ['but blank lines', '\r\n\r\n\r\n'],
  ])('%s', async (_what, words) => {
    const house = await openHouse(opened, { limits: { handshakeMs: 2_000 } });
    const sockets = await Promise.all(Array.from({ length: silent }, () => dial(house.relay.port)));
    const answers = sockets.map((socket) => {
      if (words !== '') socket.write(words);
      return readAnswer(socket);
    });
    await expectUnharmed(opened, house);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([408]));
    expect((await metricsOf(house.relay)).get('relay_refused_total{code="request_timeout"}')).toBe(silent);
  });

  describe('where the relay speaks TLS', () => {
    async function tlsRelay(limits: { readonly handshakeMs: number }) {
      const { key, cert } = await selfSigned();
      const config = configWith();
      const listen = { ...config.listen, tls: { key: Buffer.from(key), cert: Buffer.from(cert) } };
      const relay = await startRelay(withLimits({ ...config, listen }, { ...limits, drainMs: 0 }), silentLog());
      return { relay: opened.add(relay, (running) => running.stop()), cert };
    }

    it('before and after the handshake', async () => {
      const { relay, cert } = await tlsRelay({ handshakeMs: 500 });
      const plain = await Promise.all(Array.from({ length: 20 }, () => dial(relay.port)));
      const gone = plain.map((socket) => closed(socket));
      const secure = connectTls({ port: relay.port, host: '127.0.0.1', ca: cert });
      opened.add(secure, () => Promise.resolve(secure.destroy()));
      await Promise.all([...gone, closed(secure)]);
    });

    it('and those that speak no TLS at once', async () => {
      const { relay } = await tlsRelay({ handshakeMs: 60_000 });
      const socket = await dial(relay.port);
      socket.write(upgradeRequest(relay.port, bearer(orgKey)));
      await closed(socket);
    });

    it('and when the relay stops', async () => {
      const { relay } = await tlsRelay({ handshakeMs: 60_000 });
      const sockets = await Promise.all(Array.from({ length: 20 }, () => dial(relay.port)));
      const gone = sockets.map((socket) => closed(socket));
      await relay.stop();
      await Promise.all(gone);
    });
  });
});
