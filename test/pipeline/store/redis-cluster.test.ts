import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../pipeline/store/open';
import { type IntentStore } from '../../../pipeline/store/store';
import { describeWithRedis, type TestCluster, startTestCluster } from '../../support/redis-server';
import { itKeepsTheContract } from './conformance';
import { claimBy, key, leaseMs, outcome, retentionMs } from './fixtures';

/** Generous: these tests share their machine. */
const timeoutMs = 20_000;

describeWithRedis('a store on a Redis cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.dispose());

  let places = 0;
  itKeepsTheContract({
    kind: 'redis',
    durable: true,
    newPlace: () => {
      const url = `${cluster.url}?prefix=place-${places++}`;
      return Promise.resolve({
        open: (now) => openStore(url, { timeoutMs, now }),
        dispose: () => Promise.resolve(),
      });
    },
  });

  describe('with its own clock', () => {
    let store: IntentStore;
    beforeEach(async () => {
      store = await openStore(`${cluster.url}?prefix=place-${places++}`, { timeoutMs });
    });
    afterEach(() => store.close());

    it('takes intents of many orgs, which lie on different nodes, from claim to end', async () => {
      const keys = Array.from({ length: 30 }, (_, index) => ({ ...key, orgId: `org_${index}` }));
      for (const each of keys) {
        await expect(store.claim(claimBy('a', { key: each }))).resolves.toMatchObject({ kind: 'claimed' });
        const write = { key: each, owner: 'a', fence: 1 };
        await expect(store.startSending({ ...write, leaseMs })).resolves.toMatchObject({ kind: 'written' });
        const settle = { ...write, state: 'ACCEPTED', outcome, retentionMs } as const;
        await expect(store.settle(settle)).resolves.toMatchObject({ kind: 'written' });
      }
      await expect(store.counts()).resolves.toMatchObject({ ACCEPTED: 30 });
      const { records } = await store.list({ limit: 100 });
      expect(records.map((record) => record.key.orgId)).toEqual(keys.map(({ orgId }) => orgId).sort());
      const perNode = await Promise.all(cluster.nodes.map((node) => node.ask('dbsize')));
      expect(perNode.map(Number).filter((keysHeld) => keysHeld > 0)).toHaveLength(3);
    });

    it('tells a watcher of a move on whatever node', async () => {
      for (const orgId of ['org_1', 'org_2', 'org_3', 'org_4', 'org_5']) {
        const each = { ...key, orgId };
        const { promise: moved, resolve } = Promise.withResolvers<undefined>();
        const end = await store.watch(each, () => resolve(undefined));
        await store.claim(claimBy('a', { key: each }));
        await moved;
        end();
      }
    });

    it('goes on by itself when a node was gone and came back', async () => {
      const orgs = Array.from({ length: 12 }, (_, index) => `org_${index}`);
      const claimAll = (intentId: string) =>
        Promise.allSettled(orgs.map((orgId) => store.claim(claimBy('a', { key: { ...key, orgId, intentId } }))));
      const isFulfilled = ({ status }: PromiseSettledResult<unknown>): boolean => status === 'fulfilled';
      expect((await claimAll('before')).filter(isFulfilled)).toHaveLength(12);
      const end = await store.watch(key, () => undefined);

      const [, node] = cluster.nodes;
      await node?.server.kill();
      const meanwhile = await claimAll('meanwhile');
      const refused = { status: 'rejected', reason: expect.objectContaining({ reason: 'down' }) as unknown };
      expect(meanwhile.filter((each) => !isFulfilled(each))).toContainEqual(refused);
      await node?.server.restart();

      for (let tries = 0; !(await claimAll(`after-${tries}`)).every(isFulfilled); tries += 1) await sleep(20);
      end();
    });

    it('redeems a ticket once', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => store.redeem('ticket', 60_000)));
      expect(answers.filter((isFirst) => isFirst)).toHaveLength(1);
    });
  });

  it('is not opened by the address of a single server', async () => {
    const [node] = cluster.nodes;
    await expect(openStore(node?.url ?? '')).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('redis-cluster://') as string,
    });
  });
});
