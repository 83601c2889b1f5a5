import { createHmac } from 'node:crypto';
import { callbackBodyBytes } from '../../../src/http/intent-callback';
import { loggerTo } from '../../../src/log';
import { type RunningRelay, startRelay } from '../../../src/server';
import { type Answer, hang, status, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { ask, type AskOptions, askAsOperator, book, bookedOrg, bookedTool, intentAt } from '../support/booked';
import { configWith, operatorKey, orgKey } from '../support/relay';

const key = Buffer.alloc(32, 7);
const secret = `whsec_${key.toString('base64')}`;
const otherSecret = 'a-callback-secret-that-is-no-base64!';

let hook: WebhookCatcher;
let relay: RunningRelay | undefined;
let log: string[];
beforeEach(async () => {
  hook = await WebhookCatcher.start();
  log = [];
});
afterEach(async () => {
  await Promise.all([hook.close(), relay?.stop()]);
  relay = undefined;
});

/** A relay with two orgs that are called back and one that is not; the first one's webhook answers as told. */
async function start(...answers: Answer[]): Promise<string> {
  hook.answers = answers;
  const config = configWith({ ZAPIER_WEBHOOK_URL: hook.url });
  const [org] = config.orgs;
  if (org?.webhook === undefined) throw new Error('no org');
  const withSecret = (id: string, callbackSecret: string) => ({
    ...org,
    id,
    apiKeys: [`${id}-key-0123456789`],
    webhook: { ...org.webhook, url: hook.url, callbackSecret },
  });
  const orgs = [
    { ...withSecret(bookedOrg, secret), apiKeys: [orgKey] },
    withSecret('other', otherSecret),
    { ...org, id: 'silent', apiKeys: ['silent-key-0123456789'] },
  ];
  relay = await startRelay({ ...config, orgs } as typeof config, loggerTo({ write: (line) => void log.push(line) }));
  return relay.url;
}

const report = (id: string, changes: object = {}) => ({
  org_id: bookedOrg,
  tool_name: bookedTool,
  intent_id: id,
  result: 'confirmed',
  ...changes,
});
const call = (url: string, body: unknown, options: AskOptions = { credential: secret }) =>
  ask(`${url}/api/intents/callback`, { body, ...options });

/** The headers of Standard Webhooks, made as its receivers check them. */
function signed(body: string, { by = key, at = Date.now(), id = 'msg_1' } = {}): Record<string, string> {
  const seconds = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', by).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}

const errorWith = (code: string, param: string | null = null) => ({
  error: { type: expect.any(String) as string, code, message: expect.any(String) as string, param },
});
const lines = () => log.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a callback with the secret', () => {
  it.each([
    ['confirmed', 'CONFIRMED'],
    ['failed', 'FAILED_LATER'],
  ])('that says %s makes what was accepted %s, once', async (result, state) => {
    const url = await start(status(200));
    const { id } = await book(url);
    const told = { org_id: bookedOrg, tool_name: bookedTool, intent_id: id, state };
    expect(await call(url, report(id, { result }))).toMatchObject({ status: 200, body: { ...told, changed: true } });
    expect(await call(url, report(id, { result }))).toMatchObject({ status: 200, body: { ...told, changed: false } });
    expect(await askAsOperator(intentAt(url, id))).toMatchObject({ body: { state } });
    expect(lines().filter(({ msg }) => msg === 'Intent changed by its callback')).toMatchObject([
      { part: 'operator', orgId: bookedOrg, intentId: id, by: 'callback', from: 'ACCEPTED', to: state },
    ]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(`relay_intent_changes_total{org="${bookedOrg}",by="callback",state="${state}"} 1`);
  });

  it('settles what nobody knew, and whoever asks again hears it', async () => {
    const url = await start(status(500));
    const { id } = await book(url);
    expect(await call(url, report(id))).toMatchObject({ status: 200, body: { state: 'CONFIRMED' } });
    expect((await book(url)).told).toMatchObject({ success: true, is_duplicate: true });
    expect(hook.requests).toHaveLength(1);
  });

  it('that comes while its request is still under way is heard once that is answered', async () => {
    const callback = Promise.withResolvers<Awaited<ReturnType<typeof call>>>();
    const url: string = await start((response) => {
      const { intent_id: id } = JSON.parse(hook.requests[0]?.body ?? '') as { readonly intent_id: string };
      call(url, report(id)).then(callback.resolve, callback.reject);
      setImmediate(() => response.end('{}'));
    });
    const { told } = await book(url);
    expect(told).toMatchObject({ success: true });
    expect(await callback.promise).toMatchObject({ status: 200, body: { changed: true, state: 'CONFIRMED' } });
  });

  it('that comes long before its request is answered is told to come again', async () => {
    const url = await start(hang);
    const booked = book(url);
    await hook.caught(1);
    const { intent_id: id } = JSON.parse(hook.requests[0]?.body ?? '') as { readonly intent_id: string };
    const early = await call(url, report(id));
    expect(early).toMatchObject({ status: 409, body: errorWith('in_flight') });
    expect(early.headers.get('retry-after')).toBe('5');
    await hook.close();
    await booked;
    expect(await call(url, report(id))).toMatchObject({ status: 200, body: { changed: true } });
  });

  it('that contradicts what is on record is a 409, and a line in the log', async () => {
    const url = await start(status(400));
    const { id } = await book(url);
    expect(await call(url, report(id))).toMatchObject({ status: 409, body: errorWith('wrong_state') });
    expect(lines().filter(({ level }) => level === 'warn')).toContainEqual(
      expect.objectContaining({ msg: 'Intent callback contradicts what is on record', state: 'REJECTED' }),
    );
  });

  it('of an intent or tool that there is not is a 404', async () => {
    const url = await start(status(200));
    const { id } = await book(url);
    expect(await call(url, report('0'.repeat(16)))).toMatchObject({ status: 404, body: errorWith('unknown_intent') });
    expect((await call(url, report(id, { tool_name: 'x' }))).status).toBe(404);
  });
});

describe('a signed callback', () => {
  it('is as good as one with the secret', async () => {
    const url = await start(status(200));
    const { id } = await book(url);
    const body = JSON.stringify(report(id));
    const answer = await call(url, body, { headers: signed(body) });
    expect(answer).toMatchObject({ status: 200, body: { changed: true, state: 'CONFIRMED' } });
  });

  it('may have signatures of other keys beside the right one, and does no harm when it is replayed', async () => {
    const url = await start(status(200));
    const { id } = await book(url);
    const body = JSON.stringify(report(id));
    const headers = signed(body);
    headers['webhook-signature'] = `v1,AAAA v1a,${'A'.repeat(44)} ${headers['webhook-signature'] ?? ''}`;
    expect(await call(url, body, { headers })).toMatchObject({ status: 200, body: { changed: true } });
    expect(await call(url, body, { headers })).toMatchObject({ status: 200, body: { changed: false } });
  });

  it('is refused with another key, another body, another id, and too long before or after', async () => {
    const url = await start(status(200));
    const { id } = await book(url);
    const body = JSON.stringify(report(id));
    const minutes = (count: number) => Date.now() + count * 60_000;
    for (const headers of [
      signed(body, { by: Buffer.alloc(32, 8) }),
      signed(body.replace('confirmed', 'failed')),
      signed(`${body} `),
      { ...signed(body), 'webhook-id': 'msg_2' },
      { ...signed(body), 'webhook-timestamp': 'now' },
      signed(body, { at: minutes(-5.1) }),
      signed(body, { at: minutes(5.1) }),
      { 'webhook-signature': signed(body)['webhook-signature'] ?? '' },
      { ...signed(body), 'webhook-signature': '' },
    ]) {
      expect(await call(url, body, { headers })).toMatchObject({ status: 401 });
    }
    expect(await askAsOperator(intentAt(url, id))).toMatchObject({ body: { state: 'ACCEPTED' } });
    for (const at of [minutes(-4.9), minutes(4.9)]) {
      expect((await call(url, body, { headers: signed(body, { at }) })).status).toBe(200);
    }
  });

  it('is refused where a wrong secret is shown beside, or a wrong signature beside the secret', async () => {
    const url = await start(status(200));
    const { id } = await book(url);
    const body = JSON.stringify(report(id));
    const wrong = signed(body, { by: Buffer.alloc(32, 8) });
    expect((await call(url, body, { credential: 'wrong', headers: signed(body) })).status).toBe(401);
    expect((await call(url, body, { credential: secret, headers: wrong })).status).toBe(401);
    expect((await call(url, body, { credential: secret, headers: signed(body) })).status).toBe(200);
  });
});

describe('who may not', () => {
  it('hears the same whether the org, the tool and the intent exist or not', async () => {
    const url = await start(status(200));
    const { id } = await book(url);
    const wrongly: AskOptions[] = [
      { credential: 'wrong' },
      { credential: orgKey },
      { credential: operatorKey },
      { credential: otherSecret },
      { headers: { authorization: 'Basic x' } },
      { headers: signed('x') },
      { headers: signed('x', { by: Buffer.from(otherSecret) }) },
    ];
    const answers = new Set<string>();
    for (const options of wrongly) {
      for (const changes of [{}, { org_id: 'silent' }, { org_id: 'nobody' }, { intent_id: 'x' }, { tool_name: 'x' }]) {
        const { status: code, body } = await call(url, report(id, changes), options);
        answers.add(`${code} ${JSON.stringify(body)}`);
      }
    }
    expect([...answers]).toEqual([
      '401 {"error":{"type":"authentication_error","code":"invalid_credential",' +
        '"message":"The credential is not valid here.","param":null}}',
    ]);
    expect(await askAsOperator(intentAt(url, id))).toMatchObject({ body: { state: 'ACCEPTED' } });
  });

  it('hears what is missing', async () => {
    const url = await start(status(200));
    const answer = await call(url, report('x'), {});
    expect(answer).toMatchObject({ status: 401, body: errorWith('missing_credential') });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('a body that is wrong', () => {
  it.each<[unknown, string | null]>([
    [report('x', { result: 'done' }), 'result'],
    [report('x', { result: undefined }), 'result'],
    [report('x', { intent_id: 1 }), 'intent_id'],
    [report('x', { intent_id: '' }), 'intent_id'],
    [report('x', { org_id: undefined }), 'org_id'],
    [report('x', { tool_name: null }), 'tool_name'],
    [report('x', { extra: true }), null],
    [[], null],
    ['{', null],
    ['{"__proto__":{}}', null],
  ])('is a 400: %j', async (body, param) => {
    const url = await start(status(200));
    expect(await call(url, body)).toMatchObject({ status: 400, body: errorWith('invalid_request', param) });
  });

  it('is a 413 where it is too long', async () => {
    const url = await start(status(200));
    const answer = await call(url, JSON.stringify(report('x')).padEnd(callbackBodyBytes + 1));
    expect(answer).toMatchObject({ status: 413, body: errorWith('body_too_large') });
    expect(answer.body['error']).toMatchObject({ message: `The body may be ${callbackBodyBytes} bytes long.` });
    expect((await call(url, JSON.stringify(report('x')).padEnd(callbackBodyBytes))).status).toBe(404);
  });

  it('is a 415 where it is no JSON by its type', async () => {
    const url = await start(status(200));
    const headers = { 'content-type': 'text/plain' };
    expect(await call(url, report('x'), { credential: secret, headers })).toMatchObject({ status: 415 });
  });
});

it('nothing of the secret or of a request is in the log', async () => {
  const url = await start(status(200));
  const { id } = await book(url);
  const body = JSON.stringify(report(id, { result: 'failed' }));
  const headers = signed(body);
  await call(url, body, { headers });
  await call(url, report(id));
  await call(url, report(id), { credential: 'wrong-canary-credential' });
  const all = log.join('\n');
  expect(all).toContain('FAILED_LATER');
  for (const word of [secret, key.toString('base64'), headers['webhook-signature'] ?? '', 'canary', '2024-12-20T']) {
    expect(all).not.toContain(word);
  }
});
