import { openAlarm } from '../../../pipeline/deferral/open-alarm';
import { realEdge } from '../../../pipeline/edge';
import { silentLog } from '../../../pipeline/log';
import { openStore } from '../../../pipeline/store/open';
import { describeWithRedis, startTestCluster, type TestCluster } from '../../support/redis-server';
import { Closing } from '../support/closing';
import { pipeline } from '../support/pipeline';
import { accept, catching, status } from '../support/webhook-catcher';
import { bookingToCome } from './support/booking-to-come';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);
const busy = status(429);

describeWithRedis('on a Redis cluster what was deferred', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.dispose());

  let places = 0;
  /** Processes that share a store, and a webhook that answers so. */
  async function scene(...answers: (typeof accept)[]) {
    const storeUrl = `${cluster.url}?prefix=place-${places++}`;
    const catcher = await catcherWith(...answers);
    const process = async () => {
      const store = await openStore(storeUrl, { timeoutMs: 20_000 });
      opened.add(store, () => store.close());
      const handler = pipeline(opened, {
        store,
        url: catcher.url,
        edge: { ...realEdge, random: () => 0.02 },
        deadlineMs: 20_000,
        webhook: { defer: true },
        options: { alarm: (ring) => openAlarm(storeUrl, ring, { log: silentLog }) },
      });
      return { store, handler };
    };
    return { catcher, process };
  }

  it('is delivered once, and then a repeat in another process is a duplicate', async () => {
    const { catcher, process } = await scene(busy, busy, accept);
    const [one, other] = [await process(), await process()];
    expect(await one.handler.handleToolCall(bookingToCome)).toMatchObject({ status: 'deferred' });
    await catcher.caught(3);
    await one.handler.idle();
    expect(await other.handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, is_duplicate: true });
    expect(catcher.requests).toHaveLength(3);
  });

  it('is found and delivered by another process where its own has stopped', async () => {
    const { catcher, process } = await scene(busy, accept);
    const [one, other] = [await process(), await process()];
    const told = one.handler.handleToolCall(bookingToCome);
    await catcher.caught(1);
    one.handler.drain();
    expect(await told).toMatchObject({ status: 'deferred' });
    for (let due = 0; due === 0;) {
      const report = await other.store.sweep({ retentionMs: 60_000, limit: 10 });
      due = report.due.length;
      other.handler.deliverDue(report.due);
    }
    await catcher.caught(2);
    await other.handler.idle();
    expect(await other.store.counts()).toMatchObject({ ACCEPTED: 1, DEFERRED: 0 });
  });
});
