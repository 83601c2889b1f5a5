import { type ServerResponse } from 'node:http';
import { Closing } from '../pipeline/support/closing';
import { type Answer, accept, hang } from '../pipeline/support/webhook-catcher';
import { record } from '../simulator/support/client';
import { orgKey } from '../src/support/relay';
import { bookingAloud, confirmation, preamble } from './support/conversations';
import { wordsHeard } from './support/exchange';
import { call } from './support/house';
import { demoCall, executeIntent } from './support/intent-request';
import { expectPlainConversation } from './support/plain-conversation';
import { recording } from './support/recording';
import { type RelayProcess } from './support/relay-process';
import { prepareSite, type SiteParts } from './support/site';

// Starting a relay from its sources takes seconds where others use the processor too.
jest.setTimeout(120_000);

const opened = new Closing();
afterEach(() => opened.all());

const prepare = (answers: Answer[] = [], webhook: SiteParts['webhook'] = {}) =>
  prepareSite(opened, { scenario: bookingAloud, answers, webhook });

async function book(relay: RelayProcess): Promise<Record<string, unknown>> {
  const { text } = await executeIntent(await relay.url(), demoCall, { authorization: `Bearer ${orgKey}` });
  return record(JSON.parse(text));
}

const outcomeOf = (request: Promise<unknown>) =>
  request.then(
    () => 'answered',
    () => 'cut off',
  );

describe('after kill -9 and a new start on the same file', () => {
  it('what succeeded is a duplicate', async () => {
    const site = await prepare();
    const first = site.start();
    const booked = await book(first);
    expect(booked).toMatchObject({ success: true, is_duplicate: false });
    expect(await first.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });

    expect(await book(site.start())).toEqual({ ...booked, is_duplicate: true });
    expect(site.hook.requests).toHaveLength(1);
  });

  it('what was being sent is not sent again, and is unknown once its time is over', async () => {
    const site = await prepare([hang, accept]);
    const first = site.start();
    const answer = outcomeOf(book(first));
    await site.hook.caught(1);
    await first.kill('SIGKILL');
    expect(await answer).toBe('cut off');

    site.expireLeases();
    const second = site.start();
    const unknown = { success: false, status: 'unknown', should_retry: false };
    expect(await book(second)).toMatchObject(unknown);
    expect(await book(second)).toMatchObject(unknown);
    expect(site.hook.requests).toHaveLength(1);
  });

  it('what was being sent is in progress while its time runs', async () => {
    const site = await prepare([hang, accept], { deadlineMs: 3_000 });
    const first = site.start();
    const answer = outcomeOf(book(first));
    await site.hook.caught(1);
    await first.kill('SIGKILL');
    expect(await answer).toBe('cut off');

    expect(await book(site.start())).toMatchObject({ success: false, status: 'in_progress', should_retry: false });
    expect(site.hook.requests).toHaveLength(1);
  });
});

describe('a second relay on the same file', () => {
  it('is refused, and told why', async () => {
    const site = await prepare();
    const first = site.start();
    await first.url();
    const second = site.start();
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.words).toContain(`STORE_URL: The file ${site.file} is in use: one SQLite file serves one process.`);
    // The first is none the worse for it.
    expect(await book(first)).toMatchObject({ success: true });
  });
});

describe('SIGTERM', () => {
  it('ends a relay without calls at once, with exit code 0', async () => {
    const relay = (await prepare()).start();
    await relay.url();
    expect(await relay.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('lets a call under way hear how its booking ended, and records it', async () => {
    const held: ServerResponse[] = [];
    const site = await prepare([(response) => held.push(response)]);
    const relay = site.start();
    const url = `${(await relay.url()).replace('http', 'ws')}/v1/realtime`;
    const client = await call(opened, { url });
    client.say(recording.words);
    client.send({ type: 'response.create' });
    await site.hook.caught(1);

    const exited = relay.kill('SIGTERM');
    await relay.saying(/"Relay is stopping"/);
    const late = await executeIntent(await relay.url(), demoCall, { authorization: `Bearer ${orgKey}` });
    expect(late.status).toBe(503);
    held[0]?.end('{"status":"success"}');
    expect((await client.closed).code).toBe(1001);
    expect(await exited).toEqual({ code: 0, signal: null });

    expect(wordsHeard(client)).toEqual([preamble, confirmation]);
    expectPlainConversation(client.events.filter(({ type }) => type !== 'error'));
    expect(client.all('error').map(({ json }) => record(json['error'])['code'])).toEqual(['draining']);

    const again = await call(opened, { url: `${(await site.start().url()).replace('http', 'ws')}/v1/realtime` });
    await again.ask(recording.words);
    await again.done();
    expect(wordsHeard(again).at(-1)).toMatch(/^That is already/);
    expect(site.hook.requests).toHaveLength(1);
  });

  it('given twice ends it at once', async () => {
    const site = await prepare([hang]);
    const relay = site.start();
    const answer = outcomeOf(book(relay));
    await site.hook.caught(1);
    const exited = relay.kill('SIGTERM');
    await relay.saying(/"Relay is stopping"/);
    void relay.kill('SIGTERM');
    expect(await exited).toEqual({ code: 1, signal: null });
    expect(await answer).toBe('cut off');
  });
});
