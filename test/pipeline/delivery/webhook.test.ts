import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Deadline } from '../../../pipeline/deadline';
import { answerBodyMs, maxAnswerBytes } from '../../../pipeline/delivery/exchange';
import { realEdge } from '../../../pipeline/edge';
import { selfSigned } from '../support/certificate';
import { Closing } from '../support/closing';
import { LogLines } from '../support/log-lines';
import { RawServer } from '../support/raw-server';
import { body, send, webhooks } from '../support/webhook';
import { accept, catching, hang, status } from '../support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const webhookTo = webhooks(opened);
const catcherWith = catching(opened);

const tcp = async (onConnection: (socket: Socket) => void): Promise<RawServer> =>
  opened.add(await RawServer.tcp(onConnection), (server) => server.close());

describe('what is sent', () => {
  it('posts the body with its key order, the idempotency key and the configured headers', async () => {
    const catcher = await catcherWith();
    const delivery = await send(webhookTo(catcher.url, { headers: { 'x-team': 'north' } }));

    expect(delivery).toEqual({ kind: 'accepted', httpStatus: 200, remoteId: 'zap-1' });
    expect(catcher.requests).toHaveLength(1);
    const [request] = catcher.requests;
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe('/hooks/catch/1/secret/');
    expect(request?.body).toBe(
      '{"intent_id":"0123456789abcdef","org_id":"org_1","call_id":null,"tool_name":"create_appointment","tool_args":{"title":"Höhe"}}',
    );
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': '"0123456789abcdef"',
      'x-team': 'north',
    });
    expect(request?.headers).not.toHaveProperty('webhook-signature');
  });

  it('signs the exact bytes with every secret', async () => {
    const catcher = await catcherWith();
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(24, 2)];
    const secrets = keys.map((key, at) => (at === 0 ? 'whsec_' : '') + key.toString('base64'));
    const edge = { nowMs: () => 1_700_000_000_999 };
    await send(webhookTo(catcher.url, { signingSecrets: secrets }, { edge }));

    const headers = catcher.requests[0]?.headers ?? {};
    expect(headers['webhook-id']).toBe('0123456789abcdef');
    expect(headers['webhook-timestamp']).toBe('1700000000');
    const expected = keys.map((key) => {
      const hmac = createHmac('sha256', key).update('0123456789abcdef.1700000000.').update(body).digest('base64');
      return `v1,${hmac}`;
    });
    expect(headers['webhook-signature']).toBe(expected.join(' '));
  });

  it('keeps connections between requests', async () => {
    const catcher = await catcherWith();
    const webhook = webhookTo(catcher.url, { maxConcurrent: 1 });
    await send(webhook);
    await send(webhook);
    expect(catcher.requests[1]?.port).toBe(catcher.requests[0]?.port);
  });
});

describe('what an answer proves', () => {
  it.each([
    [200, 'accepted'],
    [204, 'accepted'],
    [301, 'rejected'],
    [307, 'rejected'],
    [308, 'rejected'],
    [400, 'rejected'],
    [401, 'rejected'],
    [404, 'rejected'],
    [410, 'rejected'],
    [422, 'rejected'],
    [429, 'not_sent'],
    [408, 'unknown'],
    [409, 'unknown'],
    [425, 'unknown'],
    [500, 'unknown'],
    [502, 'unknown'],
    [503, 'unknown'],
    [504, 'unknown'],
  ])('takes %i as %s and sends nothing again', async (code, kind) => {
    const catcher = await catcherWith(status(code, { location: '/elsewhere' }));
    expect(await send(webhookTo(catcher.url))).toMatchObject({ kind, httpStatus: code });
    expect(catcher.requests).toHaveLength(1);
  });

  it('waits as long as a 429 asks, then tries again with the same bytes', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '0' }), accept);
    expect(await send(webhookTo(catcher.url))).toMatchObject({ kind: 'accepted' });
    expect(catcher.requests).toHaveLength(2);
    expect(catcher.requests[1]?.body).toBe(catcher.requests[0]?.body);
    expect(catcher.requests[1]?.headers['idempotency-key']).toBe(catcher.requests[0]?.headers['idempotency-key']);
  });

  it('gives up at once when a 429 asks for more time than there is', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '60' }), accept);
    expect(await send(webhookTo(catcher.url), 50_000)).toMatchObject({ kind: 'not_sent', httpStatus: 429 });
    expect(catcher.requests).toHaveLength(1);
  });

  it('tries at most three times', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '0' }));
    expect(await send(webhookTo(catcher.url))).toMatchObject({ kind: 'not_sent' });
    expect(catcher.requests).toHaveLength(3);
  });

  it('needs no body that can be read', async () => {
    const catcher = await catcherWith((response) => response.end('<html>'));
    expect(await send(webhookTo(catcher.url))).toEqual({ kind: 'accepted', httpStatus: 200 });
  });

  it('reads a bounded part of an endless body', async () => {
    // No time passes, so that nothing but the size can end it.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'performance'] });
    opened.add(jest, () => Promise.resolve(jest.useRealTimers()));
    const catcher = await catcherWith((response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(maxAnswerBytes)));
      };
      response.on('drain', write);
      write();
    });
    expect(await send(webhookTo(catcher.url))).toEqual({ kind: 'accepted', httpStatus: 200 });
  });

  it('waits only a while for the body of an answer', async () => {
    const catcher = await catcherWith((response) => {
      response.writeHead(200).flushHeaders();
    });
    const deadlineMs = 20 * answerBodyMs;
    expect(await send(webhookTo(catcher.url), deadlineMs)).toEqual({ kind: 'accepted', httpStatus: 200 });
  });
});

describe('what a failure proves', () => {
  it('knows that a refused connection was not sent, and tries it three times', async () => {
    const gone = await RawServer.tcp(() => undefined);
    const url = `http://127.0.0.1:${gone.port}/`;
    await gone.close();
    const log = new LogLines();
    const deadline = new Deadline(5_000, realEdge);
    const delivery = await webhookTo(url).deliver({
      intentId: 'i',
      body,
      deadline,
      beforeSending: () => Promise.resolve(),
      log,
    });
    deadline.clear();
    expect(delivery).toEqual({ kind: 'not_sent', code: 'refused' });
    expect(log.messages.filter((message) => message === 'Executing Zapier webhook for intent')).toHaveLength(3);
  });

  it('knows that a name that does not resolve was not sent', async () => {
    // Too long a label for any name server, so that none is asked.
    const delivery = await send(webhookTo(`https://${'a'.repeat(64)}.invalid/`));
    expect(delivery).toEqual({ kind: 'not_sent', code: 'dns' });
  });

  it('knows that a certificate it does not trust was not sent', async () => {
    const certificate = await selfSigned();
    const received: Buffer[] = [];
    const server = opened.add(
      await RawServer.tls(certificate, (socket) => socket.on('data', (chunk: Buffer) => received.push(chunk))),
      (raw) => raw.close(),
    );
    const delivery = await send(webhookTo(`https://127.0.0.1:${server.port}/`));
    expect(delivery).toEqual({ kind: 'not_sent', code: 'tls' });
    expect(received).toEqual([]);
  });

  it('speaks TLS to a certificate it trusts', async () => {
    const certificate = await selfSigned();
    const server = opened.add(
      await RawServer.tls(certificate, (socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')),
      ),
      (raw) => raw.close(),
    );
    const webhook = webhookTo(`https://127.0.0.1:${server.port}/`, { ca: certificate.cert });
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
  });

  it('knows that a TLS handshake that is reset was not sent', async () => {
    const server = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await send(webhookTo(`https://127.0.0.1:${server.port}/`))).toMatchObject({ kind: 'not_sent' });
  });

  it('knows that a TLS handshake that hangs was not sent', async () => {
    const server = await tcp(() => undefined);
    const delivery = await send(webhookTo(`https://127.0.0.1:${server.port}/`), 1_000);
    expect(delivery).toEqual({ kind: 'not_sent', code: 'timeout' });
  });

  it('sends nothing over a connection that comes up after the deadline', async () => {
    const certificate = await selfSigned();
    const received: Buffer[] = [];
    const server = opened.add(
      await RawServer.tls(certificate, (socket) =>
        socket.on('data', (chunk: Buffer) => {
          received.push(chunk);
          socket.end();
        }),
      ),
      (raw) => raw.close(),
    );
    const { promise: released, resolve: release } = Promise.withResolvers<unknown>();
    const { promise: closed, resolve: onClosed } = Promise.withResolvers<unknown>();
    const gate = await tcp((client) => {
      client.pause().on('close', onClosed);
      void released.then(() => client.pipe(connect(server.port, '127.0.0.1')).pipe(client));
    });
    const delivery = await send(webhookTo(`https://127.0.0.1:${gate.port}/`, { ca: certificate.cert }), 300);
    expect(delivery).toEqual({ kind: 'not_sent', code: 'timeout' });

    release(undefined);
    await closed;
    expect(received).toEqual([]);
  });

  it('does not know when a connection is reset after it has come up', async () => {
    const server = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await send(webhookTo(`http://127.0.0.1:${server.port}/`))).toMatchObject({ kind: 'unknown' });
  });

  it('does not know when a connection is closed instead of an answer', async () => {
    const server = await tcp((socket) => socket.once('data', () => socket.end()));
    expect(await send(webhookTo(`http://127.0.0.1:${server.port}/`))).toEqual({ kind: 'unknown', code: 'closed' });
  });

  it('does not know when the answer is no HTTP', async () => {
    const server = await tcp((socket) => socket.once('data', () => socket.end('220 mail.example.com ESMTP\r\n')));
    expect(await send(webhookTo(`http://127.0.0.1:${server.port}/`))).toEqual({ kind: 'unknown', code: 'not_http' });
  });

  it('does not know when the head of the answer is cut off', async () => {
    const server = await tcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nx: ')));
    expect(await send(webhookTo(`http://127.0.0.1:${server.port}/`))).toMatchObject({ kind: 'unknown' });
  });

  it('does not know when no answer comes in time', async () => {
    const catcher = await catcherWith(hang);
    expect(await send(webhookTo(catcher.url), 1_500)).toEqual({ kind: 'unknown', code: 'timeout' });
    expect(catcher.requests).toHaveLength(1);
  });

  it('does not take an early hint for an answer', async () => {
    const server = await tcp((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')),
    );
    expect(await send(webhookTo(`http://127.0.0.1:${server.port}/`), 1_500)).toEqual({
      kind: 'unknown',
      code: 'timeout',
    });
  });

  it('takes the head of a 2xx for accepted when the body is cut off', async () => {
    const server = await tcp((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id"', () => socket.resetAndDestroy());
      }),
    );
    expect(await send(webhookTo(`http://127.0.0.1:${server.port}/`))).toEqual({ kind: 'accepted', httpStatus: 200 });
  });

  it('opens a new connection when the kept one was closed in between', async () => {
    const catcher = await catcherWith();
    const webhook = webhookTo(catcher.url);
    await send(webhook);
    catcher.closeIdle();
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    expect(catcher.requests).toHaveLength(2);
  });

  it('never repeats by itself what was lost on a kept connection', async () => {
    let requests = 0;
    const server = await tcp((socket) =>
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        else socket.resetAndDestroy();
      }),
    );
    const webhook = webhookTo(`http://127.0.0.1:${server.port}/`, { maxConcurrent: 1 });
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    expect(await send(webhook)).toMatchObject({ kind: 'unknown' });
    expect(requests).toBe(2);
  });
});

describe('its places', () => {
  it('sends at most maxConcurrent requests at a time', async () => {
    const pending: (() => void)[] = [];
    const catcher = await catcherWith((response) => void pending.push(() => response.end()));
    const webhook = webhookTo(catcher.url, { maxConcurrent: 2 });
    const deliveries = [send(webhook), send(webhook), send(webhook)];

    await catcher.caught(2);
    expect(catcher.requests).toHaveLength(2);
    pending.shift()?.();
    await catcher.caught(3);
    for (const finish of pending) finish();
    expect(await Promise.all(deliveries)).toEqual(Array(3).fill({ kind: 'accepted', httpStatus: 200 }));
  });

  it('counts the wait for a place into the time, and opens nothing for what never got one', async () => {
    const catcher = await catcherWith(hang);
    const webhook = webhookTo(catcher.url, { maxConcurrent: 1 });
    const first = send(webhook, 20_000);
    await catcher.caught(1);
    const beforeSending = jest.fn(() => Promise.resolve());
    expect(await send(webhook, 100, beforeSending)).toEqual({ kind: 'not_sent', code: 'no_slot' });
    expect(beforeSending).not.toHaveBeenCalled();
    await catcher.close();
    expect(await first).toMatchObject({ kind: 'unknown' });
    expect(catcher.requests).toHaveLength(1);
  });

  it('sends nothing when it may not begin', async () => {
    const catcher = await catcherWith();
    const refusal = new Error('not now');
    await expect(send(webhookTo(catcher.url), 1_000, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(catcher.requests).toHaveLength(0);
  });
});
