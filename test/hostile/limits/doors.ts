import { type ServerResponse } from 'node:http';
import { hasRedisServer } from '../../../scripts/redis-server';
import { openSharedRedis } from '../../../pipeline';
import { RedisPlaces } from '../../../src/quota/redis-places';
import { call, type House, openHouse } from '../../e2e/support/house';
import { knock as connect } from '../../e2e/support/knock';
import { demoCall, executeIntent } from '../../e2e/support/intent-request';
import { rawRequest, upgradeRequest } from '../../src/support/raw-http';
import { bearer, orgKey } from '../../src/support/relay';
import { TestRedis } from '../../support/redis-server';
import { refused, type Trial } from './trial';

const held: ServerResponse[] = [];

/** Limits at the door: who gets in, with what. */
export const doors = {
  connectsPerSecondPerAddress: {
    parts: { limits: { connectsPerSecondPerAddress: 1 } },
    reach: async (house) => {
      const statuses = [1, 2, 3].map(() => rawRequest(house.relay.port, upgradeRequest(house.relay.port)));
      expect((await Promise.all(statuses)).map(({ status }) => status)).toContain(429);
    },
    counted: refused('too_many_connects'),
  },
  handshakeMs: {
    parts: { limits: { handshakeMs: 200 } },
    reach: (house) => expectRefusal(house, 408, knock(house).slice(0, -2)),
    counted: refused('request_timeout'),
  },
  httpBodyBytes: {
    parts: { limits: { httpBodyBytes: 1_024 } },
    reach: async ({ relay }) => {
      const { status } = await executeIntent(relay.url, { ...demoCall, title: 'x'.repeat(1_024) }, bearer(orgKey));
      expect(status).toBe(413);
    },
    counted: refused('body_too_large'),
  },
  sessionsPerOrg: {
    parts: { limits: { sessionsPerOrg: 1 } },
    reach: async (house, opened) => {
      await call(opened, house);
      await expectRefusal(house, 429, knock(house));
    },
    counted: refused('too_many_sessions'),
  },
  leaseMs: {
    parts: { limits: {} },
    reach: async (_house, opened) => {
      if (!hasRedisServer()) return;
      const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
      const limits = { leaseMs: 1_000, sessionsPerOrg: 1 };
      const variables = { STORE_URL: redis.url, RELAY_TOKEN_SECRET: 'r'.repeat(32) };
      const house = await openHouse(opened, { limits, variables });
      const dead = opened.add(await openSharedRedis(redis.url, 1_000), ({ link }) => link.close());
      const places = new RedisPlaces({ redis: dead, name: 'sessions', processId: 'dead', leaseMs: limits.leaseMs });
      await places.take('org_demo_001', 1);
      await expectRefusal(house, 429, knock(house));
      while ((await connect(opened, house.relay.url)).status !== 101);
    },
    counted: null,
  },
  httpInFlightPerOrg: {
    parts: { limits: { httpInFlightPerOrg: 1 }, answers: [(response) => held.push(response)] },
    reach: async ({ relay, hook }) => {
      const first = executeIntent(relay.url, demoCall, bearer(orgKey));
      await hook.caught(1);
      expect((await executeIntent(relay.url, { ...demoCall, title: 'Another' }, bearer(orgKey))).status).toBe(429);
      held.pop()?.end();
      expect((await first).status).toBe(200);
    },
    counted: refused('too_many_requests'),
  },
} satisfies Record<string, Trial>;

const knock = ({ relay }: House) => upgradeRequest(relay.port, bearer(orgKey));

async function expectRefusal({ relay }: House, status: number, request: string): Promise<void> {
  expect((await rawRequest(relay.port, request)).status).toBe(status);
}
