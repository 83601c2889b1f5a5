import { type ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import { type Answer } from '../pipeline/support/webhook-catcher';
import { Closing } from '../pipeline/support/closing';
import { rawRequest, upgradeRequest } from '../src/support/raw-http';
import { bearer, orgKey } from '../src/support/relay';
import { describeWithRedis, TestRedis } from '../support/redis-server';
import { call, hangUp, type House, type HouseParts, openHouse } from './support/house';
import { demoCall, executeIntent } from './support/intent-request';
import { knock } from './support/knock';

const authorized = bearer(orgKey);
const secret = { RELAY_TOKEN_SECRET: 'r'.repeat(32) };

describeWithRedis('two relays on one Redis', () => {
  const opened = new Closing();
  afterEach(() => opened.all());
  let redis: TestRedis;
  beforeEach(async () => void (redis = opened.add(await TestRedis.start(), (each) => each.dispose())));

  const open = (limits: HouseParts['limits'] = {}, answers: readonly Answer[] = []): Promise<House> =>
    openHouse(opened, { limits, answers, variables: { STORE_URL: redis.url, ...secret } });

  const knockAt = ({ relay }: House) => knock(opened, relay.url);

  const full = { status: 429, code: 'too_many_sessions' };

  it('have as many sessions of an org as it may have in all, and new ones when others have ended', async () => {
    const limits = { sessionsPerOrg: 2 };
    const [one, other] = [await open(limits), await open(limits)];
    const first = await call(opened, one);
    await call(opened, other);
    expect(await knockAt(one)).toEqual(full);
    expect(await knockAt(other)).toEqual(full);
    await hangUp(first.socket);
    while ((await knockAt(other)).status === 429);
  });

  it('give back what a stopped one held', async () => {
    const limits = { sessionsPerOrg: 1 };
    const [one, other] = [await open(limits), await open(limits)];
    await call(opened, one);
    expect(await knockAt(other)).toEqual(full);
    await one.relay.stop();
    expect((await knockAt(other)).status).toBe(101);
  });

  it('hold no place for who is refused, is no WebSocket, or only asks why', async () => {
    const house = await open({ sessionsPerOrg: 1 });
    const { port, url } = house.relay;
    const broken = { ...authorized, 'sec-websocket-version': '7' };
    expect((await rawRequest(port, upgradeRequest(port, broken))).status).toBe(400);
    expect((await fetch(`${url}/v1/realtime`, { headers: authorized })).status).toBe(426);
    expect((await knockAt(house)).status).toBe(101);
  });

  it('begin no session while Redis is away, and go on with those that run, which count when it is back', async () => {
    const limits = { sessionsPerOrg: 1, leaseMs: 600 };
    const [one, other] = [await open(limits), await open(limits)];
    const running = await call(opened, one);
    await redis.server.kill();
    const away = { status: 503, code: 'store_unavailable' };
    expect(await knockAt(one)).toEqual(away);
    expect(await knockAt(other)).toEqual(away);
    await running.ask('Are you still there?');
    await redis.server.restart();
    // Each finds Redis again in its own time.
    while ((await knockAt(other)).status !== full.status);
    expect(running.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('have as many requests under way for an org as may be in all', async () => {
    const held: ServerResponse[] = [];
    const limits = { httpInFlightPerOrg: 1 };
    const [one, other] = [await open(limits, [(response) => held.push(response)]), await open(limits)];
    const first = executeIntent(one.relay.url, demoCall, authorized);
    await one.hook.caught(1);
    const another = () => executeIntent(other.relay.url, { ...demoCall, title: 'Another' }, authorized);
    const { status, text } = await another();
    expect([status, codeIn(text)]).toEqual([429, 'too_many_requests']);
    held[0]?.end('{}');
    expect((await first).status).toBe(200);
    while ((await another()).status === 429);
  });

  it('send as much to a webhook at a time as may be in all', async () => {
    const held: ServerResponse[] = [];
    const [one, other] = [await open({}, [(response) => held.push(response)]), await open()];
    const { text: cutShort } = await executeIntent(other.relay.url, demoCall, authorized);
    expect(JSON.parse(cutShort)).toMatchObject({ success: true });
    expect(await redis.ask('exists', 'relay:{org_demo_001}:places:deliveries')).toBe('0');
    const first = executeIntent(one.relay.url, { ...demoCall, title: 'Held' }, authorized);
    await one.hook.caught(1);
    expect(await redis.ask('hlen', 'relay:{org_demo_001}:places:deliveries')).toBe('1');
    held[0]?.end('{}');
    expect((await first).status).toBe(200);
    while ((await redis.ask('exists', 'relay:{org_demo_001}:places:deliveries')) === '1');
  });

  it('answer requests while Redis is away, each as many as it may alone', async () => {
    const house = await open({ httpInFlightPerOrg: 1 });
    await redis.server.kill();
    const { status, text } = await executeIntent(house.relay.url, demoCall, authorized);
    expect([status, JSON.parse(text)]).toMatchObject([200, { status: 'unavailable' }]);
  });

  it('let an address connect as often as it may in all', async () => {
    const limits = { connectsPerSecondPerAddress: 4 };
    const [one, other] = [await open(limits), await open(limits)];
    const answers = await Promise.all([one, other, one, other, one, other, one, other].map(knockAt));
    expect(answers.filter(({ status }) => status === 101).length).toBeLessThanOrEqual(4);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
  });
});

// As errors of the relay are.
const codeIn = (body: string) => (JSON.parse(body) as { error: { code: string } }).error.code;
