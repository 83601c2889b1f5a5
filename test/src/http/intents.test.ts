import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loggerTo } from '../../../src/log';
import { type RunningRelay, startRelay } from '../../../src/server';
import { type Answer, hang, status, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { ask, askAsOperator, attendee, book, bookedOrg, bookedTool, intentAt } from '../support/booked';
import { configWith, operatorKey, orgKey, withLimits } from '../support/relay';

let directory: string;
let hook: WebhookCatcher;
let relay: RunningRelay | undefined;
let log: string[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'relay-intents-'));
  hook = await WebhookCatcher.start();
  log = [];
});
afterEach(async () => {
  await Promise.all([hook.close(), relay?.stop()]);
  relay = undefined;
  rmSync(directory, { recursive: true });
});

const fails = status(500);
const takes = status(200);
const refuses = status(400);

/** A relay whose webhook answers as told, one after the other. */
async function start(answers: Answer[], storeUrl = 'memory:', limits = {}): Promise<string> {
  hook.answers = answers;
  const config = withLimits(configWith({ ZAPIER_WEBHOOK_URL: hook.url, STORE_URL: storeUrl }), limits);
  relay = await startRelay(config, loggerTo({ write: (line) => void log.push(line) }));
  return relay.url;
}

const errorWith = (code: string, param: string | null = null) => ({
  error: { type: expect.any(String) as string, code, message: expect.any(String) as string, param },
});
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const audited = () =>
  log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'Intent changed by the operator');

describe.each(['memory:', 'sqlite:'])('on %s', (kind) => {
  const storeUrl = () => (kind === 'memory:' ? kind : `${kind}${join(directory, 'relay.db')}`);

  it('an intent is shown with its attempts, and with nothing of what it is about', async () => {
    const url = await start([fails], storeUrl());
    const { id } = await book(url);
    const { status: code, body } = await askAsOperator(intentAt(url, id));
    expect(code).toBe(200);
    expect(body).toEqual({
      org_id: bookedOrg,
      tool_name: bookedTool,
      intent_id: id,
      state: 'UNKNOWN',
      fence: 1,
      attempts: 1,
      created_at: time,
      updated_at: time,
      outcome: { code: 'http_500', http_status: 500 },
      can: ['confirm', 'reject', 'resend'],
      history: [
        {
          fence: 1,
          steps: [
            { state: 'RESERVED', at: time, by: 'call' },
            { state: 'SENDING', at: time, by: 'call' },
            { state: 'UNKNOWN', at: time, by: 'call', code: 'http_500', http_status: 500 },
          ],
        },
      ],
    });
  });

  it('intents are listed in pages, by org, state and age', async () => {
    const url = await start([takes, fails, refuses, fails], storeUrl());
    for (const title of ['A', 'B', 'C', 'D']) await book(url, title);
    const list = async (query: string) => (await askAsOperator(`${url}/api/intents${query}`)).body;
    const states = ({ intents }: Record<string, unknown>) =>
      (intents as { readonly state: string }[]).map(({ state }) => state);

    const all = await list('');
    expect(states(all)).toEqual(['ACCEPTED', 'UNKNOWN', 'REJECTED', 'UNKNOWN']);
    expect(all['next']).toBeNull();
    expect(states(await list('?state=UNKNOWN'))).toEqual(['UNKNOWN', 'UNKNOWN']);
    expect(states(await list(`?org=${bookedOrg}&newer_than=1h`))).toHaveLength(4);
    expect(states(await list('?older_than=1h'))).toEqual([]);
    expect(states(await list('?older_than=0s&newer_than=1d'))).toHaveLength(4);

    const first = await list('?limit=3');
    expect(states(first)).toHaveLength(3);
    const rest = await list(`?limit=3&after=${String(first['next'])}`);
    expect([...(first['intents'] as unknown[]), ...(rest['intents'] as unknown[])]).toEqual(all['intents']);
    expect(rest['next']).toBeNull();
  });

  it('what is confirmed is a duplicate for whoever asks next, at once', async () => {
    const url = await start([fails], storeUrl());
    const { id, told } = await book(url);
    expect(told).toMatchObject({ success: false, status: 'unknown' });
    const changed = await askAsOperator(`${intentAt(url, id)}/confirm`, { method: 'POST' });
    expect(changed).toMatchObject({ status: 200, body: { changed: true, intent: { state: 'CONFIRMED', can: [] } } });
    expect((await book(url)).told).toMatchObject({ success: true, is_duplicate: true });
    const again = await askAsOperator(`${intentAt(url, id)}/confirm`, { method: 'POST', body: {} });
    expect(again).toMatchObject({ status: 200, body: { changed: false, intent: { state: 'CONFIRMED' } } });
    expect(audited()).toHaveLength(1);
    expect(hook.requests).toHaveLength(1);
  });

  it('what was a success in this process and is rejected, is one no longer', async () => {
    const url = await start([takes], storeUrl());
    const { id } = await book(url);
    expect((await book(url)).told).toMatchObject({ success: true, is_duplicate: true });
    const rejected = await askAsOperator(`${intentAt(url, id)}/reject`, { method: 'POST' });
    expect(rejected).toMatchObject({ status: 200, body: { changed: true, intent: { state: 'FAILED_LATER' } } });
    expect((await book(url)).told).toMatchObject({ success: false, status: 'rejected' });
  });

  it('a state from which it is not possible is named, with what is', async () => {
    const url = await start([refuses, takes], storeUrl());
    const { id } = await book(url, 'A');
    const none = await askAsOperator(`${intentAt(url, id)}/confirm`, { method: 'POST' });
    expect(none).toMatchObject({ status: 409, body: errorWith('wrong_state') });
    expect(none.body['error']).toMatchObject({
      message: 'The intent is REJECTED, so this is not possible; possible now: nothing.',
    });
    const { id: accepted } = await book(url, 'B');
    const some = await askAsOperator(`${intentAt(url, accepted)}/resend`, { method: 'POST' });
    expect(some.body['error']).toMatchObject({
      code: 'wrong_state',
      message: 'The intent is ACCEPTED, so this is not possible; possible now: confirm, reject.',
    });
    expect(audited()).toEqual([]);
  });

  it('of two operators at once one wins', async () => {
    const url = await start([fails], storeUrl());
    const { id } = await book(url);
    const both = await Promise.all(
      ['confirm', 'reject'].map((action) => askAsOperator(`${intentAt(url, id)}/${action}`, { method: 'POST' })),
    );
    expect(both.map(({ status: code }) => code).sort()).toEqual([200, 409]);
    expect(audited()).toHaveLength(1);
  });
});

describe('a resend', () => {
  const resend = (url: string, id: string) => askAsOperator(`${intentAt(url, id)}/resend`, { method: 'POST' });

  it('sends the very same request again, and whoever asks next hears what came of it', async () => {
    const url = await start([fails, takes]);
    const { id } = await book(url);
    const resent = await resend(url, id);
    expect(resent).toMatchObject({
      status: 200,
      body: { changed: true, intent: { state: 'ACCEPTED', fence: 2, attempts: 2, can: ['confirm', 'reject'] } },
    });
    expect(resent.body['intent']).toMatchObject({
      history: [{ fence: 1 }, { fence: 2, steps: [{ by: 'operator' }, { by: 'operator' }, { by: 'operator' }] }],
    });
    const [first, second] = hook.requests;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect((await book(url)).told).toMatchObject({ success: true, is_duplicate: true });
    expect(hook.requests).toHaveLength(2);
  });

  it('may leave it in doubt, or be refused: the answer shows how it stands', async () => {
    const url = await start([fails, fails, refuses]);
    const { id } = await book(url);
    const again = await resend(url, id);
    expect(again).toMatchObject({ status: 200, body: { changed: true, intent: { state: 'UNKNOWN', fence: 2 } } });
    // That the third request was refused says nothing about the first.
    expect(await resend(url, id)).toMatchObject({ status: 200, body: { intent: { state: 'UNKNOWN', fence: 3 } } });
    expect(audited().map(({ from, to }) => [from, to])).toEqual([
      ['UNKNOWN', 'UNKNOWN'],
      ['UNKNOWN', 'UNKNOWN'],
    ]);
  });

  it('is made by one of two operators at once', async () => {
    const url = await start([fails, takes]);
    const { id } = await book(url);
    const both = await Promise.all([resend(url, id), resend(url, id)]);
    expect(both.map(({ status: code }) => code).sort()).toEqual([200, 409]);
    expect(hook.requests).toHaveLength(2);
  });

  it('is refused while the relay stops', async () => {
    const held: ServerResponse[] = [];
    const url = await start([fails, (response) => held.push(response)]);
    const { id } = await book(url);
    const underway = book(url, 'Another');
    await hook.caught(2);
    const stopped = relay?.stop();
    expect(await resend(url, id)).toMatchObject({ status: 503, body: errorWith('draining') });
    held[0]?.end('{}');
    await Promise.all([stopped, underway]);
  });
});

describe('a change', () => {
  it('leaves one line that says who changed what, without what it is about, and is counted', async () => {
    const url = await start([fails]);
    const { id } = await book(url);
    await askAsOperator(`${intentAt(url, id)}/confirm`, { method: 'POST' });
    expect(audited()).toEqual([
      {
        level: 'info',
        time: expect.any(String) as string,
        part: 'operator',
        orgId: bookedOrg,
        toolName: bookedTool,
        intentId: id,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        by: 'operator',
        from: 'UNKNOWN',
        to: 'CONFIRMED',
        msg: 'Intent changed by the operator',
      },
    ]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(`relay_intent_changes_total{org="${bookedOrg}",by="operator",state="CONFIRMED"} 1`);
  });

  it('is not made of what has been claimed again since it was looked at', async () => {
    const url = await start([fails]);
    const { id } = await book(url);
    const moved = await askAsOperator(`${intentAt(url, id)}/confirm`, { body: { fence: 7 } });
    expect(moved).toMatchObject({ status: 409, body: errorWith('intent_moved', 'fence') });
    const same = await askAsOperator(`${intentAt(url, id)}/confirm`, { body: { fence: 1 } });
    expect(same).toMatchObject({ status: 200, body: { changed: true } });
  });

  it('of what is being sent has to wait', async () => {
    const url = await start([hang]);
    const booked = book(url);
    await hook.caught(1);
    const { id } = JSON.parse(hook.requests[0]?.body ?? '', (name, value: unknown) =>
      name === '' ? { id: (value as { intent_id: string }).intent_id } : value,
    ) as { id: string };
    const early = await askAsOperator(`${intentAt(url, id)}/confirm`, { method: 'POST' });
    expect(early).toMatchObject({ status: 409, body: errorWith('in_flight') });
    expect(early.headers.get('retry-after')).toBe('5');
    await hook.close();
    expect((await booked).told).toMatchObject({ status: 'unknown' });
  });
});

describe('requests that are wrong', () => {
  it.each([
    ['org=', 'org'],
    ['state=unknown', 'state'],
    ['state=UNKNOWN&state=ACCEPTED', 'state'],
    ['older_than=5', 'older_than'],
    ['older_than=-5m', 'older_than'],
    ['newer_than=1w', 'newer_than'],
    ['older_than=2h&newer_than=1h', 'newer_than'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=x', 'limit'],
    ['after=nonsense', 'after'],
    ['after=', 'after'],
    ['since=1h', 'since'],
  ])('?%s is a 400 that names %s', async (query, param) => {
    const url = await start([takes]);
    const answer = await askAsOperator(`${url}/api/intents?${query}`);
    expect(answer).toMatchObject({ status: 400, body: errorWith('invalid_request', param) });
    expect((answer.body['error'] as { message: string }).message).toContain(param);
  });

  it.each<[unknown, string | null]>([
    [{ fence: 0 }, 'fence'],
    [{ fence: '1' }, 'fence'],
    [{ fences: 1 }, null],
    [[], null],
    ['{', null],
  ])('the body %j is a 400', async (body, param) => {
    const url = await start([fails]);
    const { id } = await book(url);
    const answer = await askAsOperator(`${intentAt(url, id)}/confirm`, { body });
    expect(answer).toMatchObject({ status: 400, body: errorWith('invalid_request', param) });
  });

  it('an intent that there is not is a 404, for whoever may ask', async () => {
    const url = await start([takes]);
    const { id } = await book(url);
    for (const path of [`${bookedOrg}/${bookedTool}/x`, `${bookedOrg}/x/${id}`, `x/${bookedTool}/${id}`]) {
      for (const action of ['', '/confirm', '/reject', '/resend']) {
        const options = action === '' ? {} : { method: 'POST' };
        const answer = await askAsOperator(`${url}/api/intents/${path}${action}`, options);
        expect(answer).toMatchObject({ status: 404, body: errorWith('unknown_intent') });
      }
    }
  });

  it('an org that there is not, and of which nothing is on record, is a 403', async () => {
    const url = await start([takes]);
    const answer = await askAsOperator(`${url}/api/intents?org=nobody`);
    expect(answer).toMatchObject({ status: 403, body: errorWith('unknown_org', 'org') });
    expect(await askAsOperator(`${url}/api/intents?org=${bookedOrg}`)).toMatchObject({ status: 200 });
  });

  it('more requests at a time than may be are a 429', async () => {
    const url = await start([fails, hang], 'memory:', { httpInFlightPerOrg: 1 });
    const { id } = await book(url);
    const resent = askAsOperator(`${intentAt(url, id)}/resend`, { method: 'POST' });
    await hook.caught(2);
    const second = await askAsOperator(`${url}/api/intents`);
    expect(second).toMatchObject({ status: 429, body: errorWith('too_many_requests') });
    expect(second.headers.get('retry-after')).toBe('1');
    await hook.close();
    expect(await resent).toMatchObject({ status: 200 });
    expect(await askAsOperator(`${url}/api/intents`)).toMatchObject({ status: 200 });
  });
});

describe('the key', () => {
  const paths = [
    ['GET', ''],
    ['GET', '/a/b/c'],
    ['POST', '/a/b/c/confirm'],
    ['POST', '/a/b/c/reject'],
    ['POST', '/a/b/c/resend'],
  ];

  it.each(paths)('%s /api/intents%s is for the operator alone', async (method = '', path = '') => {
    const url = await start([takes]);
    const to = (credential?: string) => ask(`${url}/api/intents${path}`, { method, ...(credential && { credential }) });
    expect(await to()).toMatchObject({ status: 401, body: errorWith('missing_credential') });
    expect(await to('wrong-key-0123456789')).toMatchObject({ status: 401, body: errorWith('invalid_credential') });
    expect(await to(orgKey)).toMatchObject({ status: 401, body: errorWith('operator_key_required') });
    expect((await to(operatorKey)).status).not.toBe(401);
  });

  it('is needed on this machine too, even where an org needs none', async () => {
    const config = configWith({ ZAPIER_WEBHOOK_URL: hook.url, RELAY_API_KEY: '', OPERATOR_KEY: '' });
    relay = await startRelay(config, loggerTo({ write: () => undefined }));
    expect(await ask(`${relay.url}/api/intents`)).toMatchObject({
      status: 401,
      body: errorWith('operator_key_required'),
    });
  });

  it('is not needed on this machine in the demo, but from nowhere else and not by pages', async () => {
    const config = configWith({ RELAY_API_KEY: '', OPERATOR_KEY: '' }, { operatorNeedsKey: false });
    relay = await startRelay(config, loggerTo({ write: () => undefined }));
    const url = `${relay.url}/api/intents`;
    expect(await ask(url)).toMatchObject({ status: 200 });
    expect((await ask(url, { credential: 'wrong-key-0123456789' })).status).toBe(401);
    expect((await ask(url, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(401);
    expect((await ask(url, { headers: { origin: 'https://evil.example' } })).status).toBe(401);
  });
});

it('nothing of what intents are about is in any answer or line', async () => {
  const url = await start([fails, takes, refuses]);
  const ids: string[] = [];
  for (const title of ['Canary A', 'Canary B', 'Canary C']) ids.push((await book(url, title)).id);
  const texts = [JSON.stringify((await askAsOperator(`${url}/api/intents`)).body)];
  for (const id of ids) {
    texts.push(JSON.stringify((await askAsOperator(intentAt(url, id))).body));
    for (const action of ['confirm', 'reject']) {
      texts.push(JSON.stringify((await askAsOperator(`${intentAt(url, id)}/${action}`, { method: 'POST' })).body));
    }
  }
  const all = [...texts, ...log].join('\n');
  expect(all).toContain('CONFIRMED');
  expect([...all.matchAll(/canary|2024-12-20T|tool_args|hooks\/catch/gi)]).toEqual([]);
  expect(all).not.toContain(attendee);
  expect(texts.join()).not.toMatch(/"(owner|body|result|fingerprint)"/);
});
