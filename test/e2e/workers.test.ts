import { readFile } from 'node:fs/promises';
import { type ServerResponse } from 'node:http';
import { Closing } from '../pipeline/support/closing';
import { accept, hang } from '../pipeline/support/webhook-catcher';
import { bearer, operatorKey, orgKey } from '../src/support/relay';
import { describeWithRedis } from '../support/redis-server';
import { bookingAloud } from './support/conversations';
import { call, hangUp } from './support/house';
import { demoCall, executeIntent } from './support/intent-request';
import { knock } from './support/knock';
import { publicUrl, telephonyFor } from './support/phone-house';
import { askAbout, connectIn, openMedia } from './support/phone-requests';
import { recording } from './support/recording';
import { openTeam, type TeamSite } from './support/team';

// Starting relays from their sources takes seconds where others use the processor too.
jest.setTimeout(180_000);

const authorized = bearer(orgKey);

describeWithRedis('a relay of two workers', () => {
  const opened = new Closing();
  afterEach(() => opened.all());

  /** The process ids of the workers that have said something, in the order of their numbers. */
  const childrenOf = async ({ relay }: Pick<TeamSite, 'relay'>): Promise<number[]> => {
    const text = await readFile(`/proc/${relay.pid}/task/${relay.pid}/children`, 'utf8');
    return text.trim().split(' ').map(Number);
  };

  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text();
  const metricIn = (text: string, name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  const statsOf = async (url: string, key = orgKey) =>
    (await (await fetch(`${url}/api/execute-intent/stats`, { headers: bearer(key) })).json()) as Record<
      string,
      unknown
    >;

  it('shares the sessions of an org, also with another relay, and counts them as one', async () => {
    const site = await openTeam(opened, { limits: { sessionsPerOrg: 3 } });
    const other = await site.another().url();
    const knocks = [];
    for (const url of [site.url, site.url, other]) knocks.push(await knock(opened, url));
    expect(knocks.map(({ status }) => status)).toEqual([101, 101, 101]);
    for (const url of [site.url, site.url, other, other]) {
      expect(await knock(opened, url)).toEqual({ status: 429, code: 'too_many_sessions' });
    }
    const text = await metrics(site.url);
    expect(metricIn(text, 'relay_sessions{org="org_demo_001"}')).toBe(2);
    expect(metricIn(text, 'relay_workers{state="counted"}')).toBe(2);
    expect(metricIn(text, 'relay_workers{state="silent"}')).toBe(0);
  });

  it('ends with the message of its first worker where that cannot start', async () => {
    const site = await openTeam(opened);
    const relay = site.another({ PORT: new URL(site.url).port });
    expect(await relay.exited).toEqual({ code: 1, signal: null });
    expect(relay.words.split('is taken by another program')).toHaveLength(2);
  });

  it('deals connections to its workers in turn', async () => {
    const { relay, url } = await openTeam(opened);
    for (let count = 0; count < 6; count += 1) await call(opened, { url: `${url.replace('http', 'ws')}/v1/realtime` });
    const started = () => relay.lines().filter(({ msg }) => msg === 'Session started');
    while (started().length < 6) await relay.saysMore();
    expect([1, 2].map((worker) => started().filter((line) => line['worker'] === worker).length)).toEqual([3, 3]);
  });

  it('books once what comes to both, and adds up what they count', async () => {
    const held: ServerResponse[] = [];
    const { url, hook } = await openTeam(opened, { answers: [(response) => held.push(response), accept] });
    const requests = Array.from({ length: 6 }, () =>
      executeIntent(url, demoCall, { ...authorized, connection: 'close' }),
    );
    await hook.caught(1);
    held[0]?.end('{}');
    const answers = (await Promise.all(requests)).map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    expect(answers.filter((answer) => answer['is_duplicate'] === false)).toHaveLength(1);
    expect(answers.every((answer) => answer['success'] === true)).toBe(true);
    expect(hook.requests).toHaveLength(1);
    expect(await statsOf(url)).toMatchObject({
      org_id: 'org_demo_001',
      calls: 6,
      outcomes: { success: 1, duplicate: 5 },
      duplicates_prevented: 5,
      in_flight: 0,
      latency_ms: { count: 6 },
      workers: { counted: [1, 2], silent: [] },
    });
    expect(await statsOf(url, operatorKey)).toMatchObject({ orgs: [{ calls: 6 }], workers: { counted: [1, 2] } });
    expect(metricIn(await metrics(url), 'relay_duplicates_prevented_total{tool="create_appointment"}')).toBe(5);
  });

  it('replaces a worker that was killed, whose sessions then count no more', async () => {
    const site = await openTeam(opened, { limits: { sessionsPerOrg: 2, leaseMs: 1_000 } });
    const [first, second] = [await knock(opened, site.url), await knock(opened, site.url)];
    expect([first.status, second.status]).toEqual([101, 101]);
    const before = await childrenOf(site);
    process.kill(before[0] ?? 0, 'SIGKILL');
    await site.relay.saying(/"signal":"SIGKILL".*another one is started in its place/);
    while ((await knock(opened, site.url)).status !== 101);
    for (;;) {
      const text = await metrics(site.url);
      if (metricIn(text, 'relay_workers{state="counted"}') === 2) {
        expect(metricIn(text, 'relay_worker_restarts_total')).toBe(1);
        break;
      }
    }
    expect(await childrenOf(site)).toHaveLength(2);
  });

  it('goes on counting what a worker has counted that was killed', async () => {
    const site = await openTeam(opened);
    const { url } = site;
    for (let nth = 0; nth < 4; nth += 1) await executeIntent(url, demoCall, { ...authorized, connection: 'close' });
    const counted = { calls: 4, duplicates_prevented: 3, in_flight: 0 };
    const duplicates = async () =>
      metricIn(await metrics(url), 'relay_duplicates_prevented_total{tool="create_appointment"}');
    expect(await statsOf(url)).toMatchObject(counted);
    expect(await duplicates()).toBe(3);
    process.kill((await childrenOf(site))[0] ?? 0, 'SIGKILL');
    await site.relay.saying(/"signal":"SIGKILL".*another one is started in its place/);
    expect(await duplicates()).toBe(3);
    expect(await statsOf(url)).toMatchObject(counted);
  });

  it('lets go of what waits in one worker for a stream that came to the other', async () => {
    const { relay, url } = await openTeam(opened, {
      org: { telephony: telephonyFor('twilio', 'http://127.0.0.1:9') },
      limits: { carrierStartMs: 60_000 },
      variables: { PUBLIC_URL: publicUrl },
    });
    const streamUrl = connectIn((await askAbout(url)).body);
    await relay.saying(/"Call announced"/);
    opened.add(openMedia(url, streamUrl), hangUp);
    await relay.saying(/"Session ended"/);
    const workerIn = (message: string) => relay.lines().flatMap(({ msg, worker }) => (msg === message ? [worker] : []));
    expect(workerIn('Session ended')).toEqual(workerIn('Call announced'));
    while (workerIn('Session started').length < 2) await relay.saysMore();
    expect(workerIn('Session started').sort()).toEqual([1, 2]);
  }, 50_000);

  it('ends with its conversations when it is told to, and with exit code 0', async () => {
    const held: ServerResponse[] = [];
    const { relay, url, hook } = await openTeam(opened, {
      scenario: bookingAloud,
      answers: [(response) => held.push(response)],
    });
    const client = await call(opened, { url: `${url.replace('http', 'ws')}/v1/realtime` });
    const quiet = await call(opened, { url: `${url.replace('http', 'ws')}/v1/realtime` });
    client.say(recording.words);
    client.send({ type: 'response.create' });
    await hook.caught(1);
    const exited = relay.kill('SIGTERM');
    expect((await quiet.closed).code).toBe(1001);
    held[0]?.end('{"status":"success"}');
    expect((await client.closed).code).toBe(1001);
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(relay.lines().filter(({ msg }) => msg === 'Relay has stopped')).toHaveLength(1);
  });

  it('ends at once with its workers when it is told twice', async () => {
    const { relay, url, hook } = await openTeam(opened, { answers: [hang] });
    const answer = executeIntent(url, demoCall, authorized).catch(() => 'cut off');
    await hook.caught(1);
    const workers = await childrenOf({ relay });
    const exited = relay.kill('SIGTERM');
    await relay.saying(/"Relay is stopping"/);
    void relay.kill('SIGTERM');
    expect(await exited).toEqual({ code: 1, signal: null });
    expect(await answer).toBe('cut off');
    while (workers.some(isAlive)) await new Promise(setImmediate);
  });

  it('leaves no worker behind when it is killed itself', async () => {
    const { relay, url } = await openTeam(opened);
    const client = await call(opened, { url: `${url.replace('http', 'ws')}/v1/realtime` });
    const workers = await childrenOf({ relay });
    expect(workers).toHaveLength(2);
    void relay.kill('SIGKILL');
    expect((await client.closed).code).toBe(1001);
    await relay.exited;
    while (workers.some(isAlive)) await new Promise(setImmediate);
  });
});
