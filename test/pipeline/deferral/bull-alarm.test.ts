import { setTimeout as sleep } from 'node:timers/promises';
import { BullAlarm } from '../../../pipeline/deferral/bull-alarm';
import { openAlarm } from '../../../pipeline/deferral/open-alarm';
import { TimerAlarm } from '../../../pipeline/deferral/alarm';
import { realEdge } from '../../../pipeline/edge';
import { silentLog } from '../../../pipeline/log';
import { openStore } from '../../../pipeline/store/open';
import { type DeferredRecord, type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { describeWithRedis, TestRedis } from '../../support/redis-server';
import { Closing } from '../support/closing';
import { LogLines } from '../support/log-lines';
import { pipeline } from '../support/pipeline';
import { accept, catching, status } from '../support/webhook-catcher';
import { bookingToCome } from './support/booking-to-come';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);
const key: IntentKey = { orgId: 'org_1', tool: 'create:appointment', intentId: '0123456789abcdef' };

/** What is due at once, or later. */
function deferred(fence: number, inMs = 0): DeferredRecord {
  const nowMs = Date.now();
  return {
    state: 'DEFERRED',
    key,
    fingerprint: 'f',
    fence,
    attempts: 1,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    trail: [],
    outcome: { code: 'refused' },
    body: '{"tool_args":{"attendee_email":"user@example.com"}}',
    nextTryAtMs: nowMs + inMs,
    expiresAtMs: nowMs + 3_600_000,
  };
}

it('is for a single Redis server; elsewhere timers do', async () => {
  for (const url of ['memory:', 'sqlite:./relay.db', 'redis-cluster://127.0.0.1:1,127.0.0.1:2']) {
    const alarm = openAlarm(url, () => Promise.resolve(), { log: silentLog });
    expect(alarm).toBeInstanceOf(TimerAlarm);
    await alarm.close();
  }
});

describeWithRedis('an alarm clock on Redis', () => {
  let redis: TestRedis;
  let places = 0;
  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(async () => {
    await opened.all();
    await redis.dispose();
  });

  /** Who was woken, and a promise of so many. */
  class Rung {
    readonly fences: number[] = [];
    #onRing: () => void = () => undefined;

    readonly ring = (rungFor: IntentKey, fence: number): Promise<void> => {
      expect(rungFor).toEqual(key);
      this.fences.push(fence);
      this.#onRing();
      return Promise.resolve();
    };

    async times(count: number): Promise<void> {
      while (this.fences.length < count) await new Promise<void>((resolve) => (this.#onRing = resolve));
    }
  }

  const url = () => `${redis.url}?prefix=${encodeURIComponent(`place:${places}`)}`;
  beforeEach(() => (places += 1));

  function alarmFor(ring: Rung['ring'], log = silentLog): BullAlarm {
    const alarm = openAlarm(url(), ring, { log });
    if (!(alarm instanceof BullAlarm)) throw new Error('It is no alarm on Redis.');
    return opened.add(alarm, () => alarm.close());
  }

  it('knows nothing but key and fence', async () => {
    const alarm = alarmFor(new Rung().ring);
    await alarm.set(deferred(1, 3_600_000));
    await alarm.set(deferred(1, 3_600_000));
    const keys = (await redis.ask('keys', '*:alarms:*')).split('\n').filter((name) => name !== '');
    expect(keys.every((name) => name.startsWith(`place:${places}:{deferred}:`))).toBe(true);
    const jobs = keys.filter((name) => name.endsWith('.1'));
    expect(jobs).toHaveLength(1);
    const job = await redis.ask('hgetall', jobs[0] ?? '');
    expect(job).toContain(JSON.stringify({ key, fence: 1 }));
    expect(job).not.toContain('example.com');
  });

  it('rings once for each claim, in one of the processes', async () => {
    const rung = new Rung();
    const [one] = [alarmFor(rung.ring), alarmFor(rung.ring)];
    await one.set(deferred(1, 300));
    await one.set(deferred(1, 300));
    await rung.times(1);
    await one.set(deferred(2));
    await rung.times(2);
    expect(rung.fences).toEqual([1, 2]);
    while ((await redis.ask('keys', '*.[12]')).trim() !== '') await sleep(10);
  });

  it('rings for the next claim though somebody failed at the last', async () => {
    const rung = new Rung();
    const alarm = alarmFor(async (...args) => {
      await rung.ring(...args);
      throw new Error('On purpose.');
    });
    await alarm.set(deferred(1));
    await rung.times(1);
    await alarm.set(deferred(2));
    await rung.times(2);
  });

  it('says no in time while its server does not answer, and rings when it is back; no line shows where it is', async () => {
    const log = new LogLines();
    const rung = new Rung();
    const alarm = alarmFor(rung.ring, log);
    await alarm.set(deferred(1, 1_000));
    redis.server.freeze();
    await expect(alarm.set(deferred(2))).rejects.toThrow('did not answer in time');
    await redis.server.kill();
    await expect(alarm.set(deferred(3))).rejects.toThrow();
    await redis.server.restart();
    await rung.times(1);
    expect(rung.fences).toContain(1);
    expect(JSON.stringify(log.lines)).not.toMatch(/127\.0\.0\.1|redis:/);
    expect(log.lines.every(({ level }) => level === 'warn')).toBe(true);
  });

  it('closes though its server is gone', async () => {
    const alarm = alarmFor(() => Promise.resolve());
    await alarm.set(deferred(1, 60_000));
    await redis.server.kill();
    await alarm.close();
  });

  describe('with the store', () => {
    /** A process: its own connections to the store and to the alarm clock. */
    async function process(webhookUrl: string) {
      const store = opened.add(await openStore(url(), { timeoutMs: 20_000 }), (each) => each.close());
      const handler = pipeline(opened, {
        store,
        url: webhookUrl,
        deadlineMs: 1_500,
        edge: { ...realEdge, random: () => 0.01 },
        webhook: { defer: true },
        options: { alarm: (ring) => openAlarm(url(), ring, { log: silentLog }) },
      });
      return { store, handler };
    }

    const sweepUntil = async (isDone: () => boolean, store: IntentStore, deliver: (due: DeferredRecord[]) => void) => {
      while (!isDone()) {
        const { due } = await store.sweep({ retentionMs: 3_600_000, limit: 100 });
        deliver(due.filter((record): record is DeferredRecord => record.state === 'DEFERRED'));
        await sleep(20);
      }
    };

    it('has a booking delivered once, whichever of the processes is woken', async () => {
      const catcher = await catcherWith(status(429), status(429), accept);
      const one = await process(catcher.url);
      const other = await process(catcher.url);
      expect(await one.handler.handleToolCall(bookingToCome)).toMatchObject({ status: 'deferred' });
      expect(await other.handler.handleToolCall(bookingToCome)).toMatchObject({ status: 'deferred' });
      await catcher.caught(3);
      await Promise.all([one.handler.idle(), other.handler.idle()]);
      expect(await other.handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, is_duplicate: true });
      expect(new Set(catcher.requests.map(({ body }) => body)).size).toBe(1);
      expect(catcher.requests).toHaveLength(3);
    });

    it('is made up for by a sweep when all its jobs are lost', async () => {
      const catcher = await catcherWith(status(429, { 'retry-after': '2' }), accept);
      const { store, handler } = await process(catcher.url);
      expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ status: 'deferred' });
      let jobs: string[] = [];
      while (!jobs.some((name) => name.endsWith('.1'))) jobs = (await redis.ask('keys', '*:{deferred}:*')).split('\n');
      await redis.ask('del', ...jobs);
      await sweepUntil(
        () => catcher.requests.length === 2,
        store,
        (due) => handler.deliverDue(due),
      );
      await handler.idle();
      expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ is_duplicate: true });
      expect(catcher.requests).toHaveLength(2);
    });
  });
});
