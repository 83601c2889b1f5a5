import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { loadScenario, type Simulator, startSimulator } from '../../simulator';
import { WebhookCatcher } from '../pipeline/support/webhook-catcher';
import { bearer, configWith, orgKey, startTestRelay, stopRelays, withLimits } from './support/relay';

let simulator: Simulator;
let hook: WebhookCatcher;
const clients: WebSocket[] = [];
beforeEach(async () => {
  [simulator, hook] = await Promise.all([
    startSimulator({ scenario: loadScenario('duplicate') }),
    WebhookCatcher.start(),
  ]);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await stopRelays();
  await Promise.all([simulator.close(), hook.close()]);
});

const config = (variables: Record<string, string> = {}) =>
  configWith({ OPENAI_REALTIME_URL: simulator.url, ZAPIER_WEBHOOK_URL: hook.url, ...variables });

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A client that has connected, with what it receives. */
async function connectTo(url: string, credential = orgKey) {
  const client = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`, { headers: bearer(credential) });
  clients.push(client);
  const closed = once(client, 'close') as Promise<[number, Buffer]>;
  const next = (type: string) =>
    new Promise<Event>((resolve) => {
      client.on('message', (data: Buffer) => {
        const event = JSON.parse(data.toString()) as Event;
        if (event.type === type) resolve(event);
      });
    });
  const created = next('session.created');
  await once(client, 'open');
  return { client, created, closed, next };
}

const refusalOf = (url: string) =>
  new Promise<number | undefined>((resolve) => {
    const client = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`, { headers: bearer(orgKey) });
    clients.push(client);
    client.on('error', () => undefined);
    client.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });

const book = (url: string) =>
  fetch(`${url}/api/execute-intent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(orgKey) },
    body: JSON.stringify({
      org_id: 'org_demo_001',
      tool_name: 'create_appointment',
      tool_args: {
        title: 'Consultation',
        start_time: '2024-12-20T15:00:00Z',
        end_time: '2024-12-20T16:00:00Z',
        attendee_email: 'user@example.com',
      },
    }),
  });

it('opens a session upstream with the org’s instructions and tools, and shows neither to the client', async () => {
  const { url } = await startTestRelay(config());
  const { created } = await connectTo(url);
  expect(await created).toMatchObject({ session: { instructions: '', tools: [] } });
  const upstream = await simulator.session(0);
  expect(JSON.stringify(upstream.journal)).toContain('create_appointment books an appointment');
});

it('counts sessions while they are open', async () => {
  const relay = await startTestRelay(config());
  const { client, created, closed } = await connectTo(relay.url);
  await created;
  expect(relay.sessionCount()).toBe(1);
  expect(await (await fetch(`${relay.url}/metrics`)).text()).toContain('relay_sessions{org="org_demo_001"} 1');
  client.close();
  await closed;
  while (relay.sessionCount() > 0) await new Promise(setImmediate);
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  expect(metrics).toContain('relay_sessions{org="org_demo_001"} 0');
  expect(metrics).toContain('relay_sessions_ended_total{cause="client_closed"} 1');
  expect(metrics).toMatch(/relay_sent_bytes_total\{to="client"\} [1-9]/);
});

it('refuses sessions over the org’s limit, and takes one again when another has ended', async () => {
  const relay = await startTestRelay(withLimits(config(), { sessionsPerOrg: 1 }));
  const { client, created, closed } = await connectTo(relay.url);
  await created;
  expect(await refusalOf(relay.url)).toBe(429);
  client.close();
  await closed;
  while (relay.sessionCount() > 0) await new Promise(setImmediate);
  await connectTo(relay.url);
});

it('opens sessions with a client token', async () => {
  const { url } = await startTestRelay(config());
  const secret = await fetch(`${url}/v1/realtime/client_secrets`, { method: 'POST', headers: bearer(orgKey) });
  const { value } = (await secret.json()) as { value: string };
  const { created } = await connectTo(url, value);
  expect(await created).toMatchObject({ type: 'session.created' });
});

describe('stopping', () => {
  it('ends quiet sessions at once with 1001 and stops listening', async () => {
    const relay = await startTestRelay(config());
    const { created, closed } = await connectTo(relay.url);
    await created;
    await relay.stop();
    const [code] = await closed;
    expect(code).toBe(1001);
    await expect(fetch(`${relay.url}/healthz`)).rejects.toThrow();
  });

  it('is not ready and takes nothing new while a webhook is being called, whose outcome it records', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'relay-server-'));
    const store = { STORE_URL: `sqlite:${join(directory, 'relay.db')}` };
    let answer: () => void = () => undefined;
    hook.answers = [(response) => void (answer = () => response.end())];

    const relay = await startTestRelay(config(store));
    const booked = book(relay.url);
    await hook.caught(1);
    const stopped = relay.stop();
    const ready = await fetch(`${relay.url}/readyz`);
    expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await fetch(`${relay.url}/healthz`)).status).toBe(200);
    expect((await book(relay.url)).status).toBe(503);
    expect(await refusalOf(relay.url)).toBe(503);
    answer();
    expect(await (await booked).json()).toMatchObject({ success: true, is_duplicate: false });
    await stopped;

    const next = await startTestRelay(config(store));
    expect(await (await book(next.url)).json()).toMatchObject({ success: true, is_duplicate: true });
    expect(hook.requests).toHaveLength(1);
    await stopRelays();
    rmSync(directory, { recursive: true });
  });

  it('ends a conversation that does not come to rest when its time is over', async () => {
    hook.answers = [() => undefined];
    const relay = await startTestRelay(withLimits(config(), { drainMs: 50 }));
    const { client, created, closed, next } = await connectTo(relay.url);
    await created;
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Please book it.' }] };
    client.send(JSON.stringify({ type: 'conversation.item.create', item }));
    client.send(JSON.stringify({ type: 'response.create' }));
    await hook.caught(1);
    const error = next('error');
    hook.answers = [(response) => response.end()];
    await relay.stop();
    expect(await error).toMatchObject({ error: { code: 'draining' } });
    expect((await closed)[0]).toBe(1001);
  });
});

it('lets go of the store when it cannot listen', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'relay-server-'));
  const store = { STORE_URL: `sqlite:${join(directory, 'relay.db')}` };
  const taken = await startTestRelay(config());
  await expect(startTestRelay(config({ ...store, PORT: String(taken.port) }))).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  const relay = await startTestRelay(config(store));
  expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
  await stopRelays();
  rmSync(directory, { recursive: true });
});
