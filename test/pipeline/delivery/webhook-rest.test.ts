import { Deadline } from '../../../pipeline/deadline';
import { type Delivery } from '../../../pipeline/delivery/delivery';
import { realEdge } from '../../../pipeline/edge';
import { silentLog } from '../../../pipeline/log';
import { type PipelineWebhook } from '../../../pipeline/org';
import { Clock } from '../support/clock';
import { Closing } from '../support/closing';
import { LogLines } from '../support/log-lines';
import { RawServer } from '../support/raw-server';
import { body, intentId, send, webhooks } from '../support/webhook';
import { accept, catching, hang, status } from '../support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const webhookTo = webhooks(opened);
const catcherWith = catching(opened);

describe('a webhook that fails', () => {
  const settings: Partial<PipelineWebhook> = {
    breaker: { failures: 2, pauseMs: 1_000, maxPauseMs: 60_000 },
    maxConcurrent: 1,
  };

  async function failing(url: string) {
    const clock = new Clock();
    const states: string[] = [];
    const webhook = webhookTo(url, settings, { edge: clock, observeCircuit: ({ state }) => states.push(state) });
    for (const _ of [1, 2]) await send(webhook);
    return { webhook, clock, states };
  }

  it('is not asked for a while: a call is answered at once, nothing is sent and the hold stays shut', async () => {
    const catcher = await catcherWith(status(500));
    const { webhook, clock } = await failing(catcher.url);
    clock.pass(250);
    const beforeSending = jest.fn(() => Promise.resolve());
    expect(await send(webhook, 5_000, beforeSending)).toEqual({
      kind: 'not_sent',
      code: 'circuit_open',
      retryAfterMs: 750,
    });
    expect(beforeSending).not.toHaveBeenCalled();
    expect(catcher.requests).toHaveLength(2);
  });

  it('gets one request after the pause, and all again once it answers', async () => {
    const pending: (() => void)[] = [];
    const catcher = await catcherWith(
      status(500),
      status(500),
      (response) => void pending.push(() => response.end()),
      accept,
    );
    const { webhook, clock } = await failing(catcher.url);
    clock.pass(1_000);
    const probe = send(webhook);
    await catcher.caught(3);
    expect(await send(webhook)).toEqual({ kind: 'not_sent', code: 'circuit_open' });
    pending.shift()?.();
    expect(await probe).toMatchObject({ kind: 'accepted' });
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    expect(catcher.requests).toHaveLength(4);
  });

  it('refuses calls that were waiting for a place when it opened', async () => {
    const pending: (() => void)[] = [];
    const catcher = await catcherWith((response) => void pending.push(() => response.writeHead(500).end()));
    const breaker = { failures: 1, pauseMs: 60_000, maxPauseMs: 60_000 };
    const webhook = webhookTo(catcher.url, { breaker, maxConcurrent: 1 });
    const calls = [send(webhook), send(webhook), send(webhook)];
    await catcher.caught(1);
    pending.shift()?.();
    const codes = (await Promise.all(calls)).map((delivery) => 'code' in delivery && delivery.code);
    expect(codes).toEqual(['http_500', 'circuit_open', 'circuit_open']);
    expect(catcher.requests).toHaveLength(1);
  });

  it('is probed again after a probe that was never sent', async () => {
    const catcher = await catcherWith(status(500), status(500), accept);
    const { webhook, clock, states } = await failing(catcher.url);
    clock.pass(1_000);
    const refusal = new Error('not now');
    await expect(send(webhook, 5_000, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    expect(states).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
  });

  it('is not tried again by a call that failed before it opened', async () => {
    const gone = await RawServer.tcp(() => undefined);
    const url = `http://127.0.0.1:${gone.port}/`;
    await gone.close();
    const breaker = { failures: 1, pauseMs: 60_000, maxPauseMs: 60_000 };
    const webhook = webhookTo(url, { breaker }, { edge: { random: () => 6 } });
    const log = new LogLines();
    const deadline = new Deadline(20_000, realEdge);
    const failed = Promise.withResolvers<unknown>();
    const first = webhook.deliver({
      intentId,
      body,
      deadline,
      beforeSending: () => Promise.resolve(),
      log: { ...silentLog, info: log.info, warn: failed.resolve },
    });
    await failed.promise;
    // It has no time for a second try, so that it fails for good while the first call waits for its own.
    expect(await send(webhook, 1_000)).toMatchObject({ kind: 'not_sent' });
    expect(await first).toEqual({ kind: 'not_sent', code: 'refused' });
    deadline.clear();
    expect(log.messages).toEqual(['Executing Zapier webhook for intent']);
  });

  it('tells each change of its state, for the metrics and in the log', async () => {
    const catcher = await catcherWith(status(500), status(500), accept);
    const changes: unknown[] = [];
    const clock = new Clock();
    const log = new LogLines();
    const webhook = webhookTo(catcher.url, settings, {
      edge: clock,
      log,
      observeCircuit: (change) => changes.push(change),
    });
    for (const _ of [1, 2]) await send(webhook);
    clock.pass(1_000);
    await send(webhook);
    expect(changes).toEqual([{ state: 'open', pauseMs: 1_000 }, { state: 'half_open' }, { state: 'closed' }]);
    expect(log.lines.map(({ level, fields }) => ({ level, fields }))).toEqual(
      changes.map((fields, at) => ({ level: at === 0 ? 'warn' : 'info', fields })),
    );
  });

  async function isOpenAfter(deliver: () => Promise<Delivery>): Promise<boolean> {
    for (const _ of [1, 2]) await deliver();
    const third = await deliver();
    return third.kind === 'not_sent' && third.code === 'circuit_open';
  }

  it.each([400, 404, 301, 408, 409, 425, 429])('is not one that answers %i', async (code) => {
    const catcher = await catcherWith(status(code));
    const webhook = webhookTo(catcher.url, settings);
    expect(await isOpenAfter(() => send(webhook))).toBe(false);
  });

  it.each([500, 502, 503, 504])('is one that answers %i', async (code) => {
    const catcher = await catcherWith(status(code));
    const webhook = webhookTo(catcher.url, settings);
    expect(await isOpenAfter(() => send(webhook))).toBe(true);
  });

  it('is one that resets its connections', async () => {
    const server = opened.add(
      await RawServer.tcp((socket) => socket.once('data', () => socket.resetAndDestroy())),
      (raw) => raw.close(),
    );
    const webhook = webhookTo(`http://127.0.0.1:${server.port}/`, settings);
    expect(await isOpenAfter(() => send(webhook))).toBe(true);
  });

  it('is one that does not answer in time', async () => {
    const catcher = await catcherWith(hang);
    const webhook = webhookTo(catcher.url, settings);
    expect(await isOpenAfter(() => send(webhook, 300))).toBe(true);
  });

  it('is one that cannot be reached', async () => {
    const gone = await RawServer.tcp(() => undefined);
    const url = `http://127.0.0.1:${gone.port}/`;
    await gone.close();
    const webhook = webhookTo(url, settings);
    expect(await isOpenAfter(() => send(webhook))).toBe(true);
  });
});

describe('a webhook that asks for time', () => {
  it('gets it from every call: one that has too little is answered at once and without sending', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '30' }), accept);
    const clock = new Clock();
    const webhook = webhookTo(catcher.url, {}, { edge: clock });
    expect(await send(webhook)).toEqual({
      kind: 'not_sent',
      httpStatus: 429,
      code: 'http_429',
      retryAfterMs: 30_000,
    });
    clock.pass(10_000);
    const beforeSending = jest.fn(() => Promise.resolve());
    expect(await send(webhook, 5_000, beforeSending)).toEqual({
      kind: 'not_sent',
      code: 'rate_limited',
      retryAfterMs: 20_000,
    });
    expect(beforeSending).not.toHaveBeenCalled();
    expect(catcher.requests).toHaveLength(1);

    clock.pass(20_000);
    expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
  });

  it('gets it from a call that has enough, which waits and is sent then; others do not wait for its place', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '1' }), accept);
    const clock = new Clock();
    const webhook = webhookTo(catcher.url, { maxConcurrent: 1 }, { edge: clock });
    expect(await send(webhook, 500)).toMatchObject({ kind: 'not_sent', code: 'http_429' });
    const beforeSending = jest.fn(() => Promise.resolve());
    const waiting = send(webhook, 20_000, beforeSending);
    expect(await send(webhook, 500)).toEqual({ kind: 'not_sent', code: 'rate_limited', retryAfterMs: 1_000 });
    // Another webhook's whole delivery is time enough for the call to begin if it would.
    await send(webhookTo(catcher.url));
    expect(beforeSending).not.toHaveBeenCalled();
    clock.pass(1_000);
    expect(await waiting).toMatchObject({ kind: 'accepted' });
    expect(catcher.requests).toHaveLength(3);
  });

  it('gets it from a call that is about to try again', async () => {
    const answers: ((afterSeconds: number) => void)[] = [];
    const catcher = await catcherWith((response) => {
      answers.push((afterSeconds) => response.writeHead(429, { 'retry-after': String(afterSeconds) }).end());
    });
    const webhook = webhookTo(catcher.url);
    const [first, second] = [send(webhook, 20_000), send(webhook, 20_000)];
    await catcher.caught(2);
    answers.pop()?.(30);
    await Promise.race([first, second]);
    answers.pop()?.(0);
    expect([await first, await second]).toEqual(
      expect.arrayContaining([
        { kind: 'not_sent', httpStatus: 429, code: 'http_429', retryAfterMs: 0 },
        { kind: 'not_sent', httpStatus: 429, code: 'http_429', retryAfterMs: 30_000 },
      ]),
    );
    expect(catcher.requests).toHaveLength(2);
  });

  it('may say it as a date', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' }));
    const edge = { nowMs: () => Date.UTC(2015, 9, 21, 7, 28) };
    const webhook = webhookTo(catcher.url, {}, { edge });
    expect(await send(webhook)).toMatchObject({ httpStatus: 429, retryAfterMs: 30_000 });
    expect(await send(webhook)).toMatchObject({ code: 'rate_limited' });
  });

  it.each(['soon', '-1', '1e9', 'Wed, 21 Oct', '99999999999999', '5 GMT'])(
    'is not heard when it says %j',
    async (said) => {
      const catcher = await catcherWith(status(429, { 'retry-after': said }), accept);
      const webhook = webhookTo(catcher.url);
      expect(await send(webhook)).toEqual({ kind: 'not_sent', httpStatus: 429, code: 'http_429' });
      expect(await send(webhook)).toMatchObject({ kind: 'accepted' });
    },
  );

  it('is heard in the name of its own org only', async () => {
    const catcher = await catcherWith(status(429, { 'retry-after': '30' }), accept);
    await send(webhookTo(catcher.url));
    expect(await send(webhookTo(catcher.url))).toMatchObject({ kind: 'accepted' });
  });
});
