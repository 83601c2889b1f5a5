import { setImmediate } from 'node:timers/promises';
import { type Alarm, type Ring } from '../../../pipeline/deferral/alarm';
import { maxDeferredAtOnce } from '../../../pipeline/deferral/deferrals';
import { realEdge } from '../../../pipeline/edge';
import { MemoryStore } from '../../../pipeline/store/memory';
import { type IntentKey, type IntentRecord } from '../../../pipeline/store/store';
import { appointment } from '../support/appointment';
import { Closing } from '../support/closing';
import { bookingCall, bookingKey, pipeline } from '../support/pipeline';
import { accept, catching, status } from '../support/webhook-catcher';
import { bookingToCome } from './support/booking-to-come';
import { Scene } from './support/scene';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);
const busy = status(429);

/** An alarm clock in the test's hand. */
class HandAlarm implements Alarm {
  readonly set = jest.fn((_record: IntentRecord) => Promise.resolve());
  readonly close = jest.fn(() => Promise.resolve());
  constructor(
    readonly ring: Ring,
    readonly patienceMs: number,
  ) {}
}

/** A scene with a booking that was deferred, and the alarm clock of the process that did it. */
async function deferredScene(patienceMs: number, ...answers: (typeof accept)[]) {
  const scene = await Scene.open(opened, busy, ...answers);
  const alarms: HandAlarm[] = [];
  const alarm = (ring: Ring) => {
    const made = new HandAlarm(ring, patienceMs);
    alarms.push(made);
    return made;
  };
  const handler = scene.process({ defer: true }, { options: { alarm } });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'deferred' });
  await scene.untilDue();
  const sweep = async () => handler.deliverDue((await scene.store.sweep({ retentionMs: 1_000, limit: 10 })).due);
  const [made] = alarms;
  if (made === undefined) throw new Error('No alarm was made.');
  return { scene, handler, alarm: made, sweep };
}

it('delivers a deferred booking once when the receiver is back, with nothing but timers', async () => {
  const catcher = await catcherWith(busy, busy, busy, accept);
  const store = new MemoryStore();
  const edge = { ...realEdge, random: () => 0.02 };
  const handler = pipeline(opened, { store, url: catcher.url, edge, webhook: { defer: true } });
  expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, status: 'deferred' });
  expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, status: 'deferred' });
  await catcher.caught(4);
  await handler.idle();
  expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, is_duplicate: true });
  expect(new Set(catcher.requests.map(({ body }) => body)).size).toBe(1);
  expect(catcher.requests).toHaveLength(4);
});

describe('an alarm', () => {
  it('is set for what was deferred, and for what is deferred again when it has rung', async () => {
    const { scene, alarm } = await deferredScene(0, busy, accept);
    expect(alarm.set).toHaveBeenCalledTimes(1);
    await alarm.ring(bookingKey, 1);
    expect(alarm.set.mock.lastCall).toEqual([await scene.record()]);
    expect(alarm.set).toHaveBeenCalledTimes(2);
    await scene.untilDue();
    await alarm.ring(bookingKey, 2);
    expect(await scene.record()).toMatchObject({ state: 'ACCEPTED' });
    expect(alarm.set).toHaveBeenCalledTimes(2);
  });

  it('that rings late or twice has nothing sent again', async () => {
    const { scene, alarm } = await deferredScene(0, accept);
    await Promise.all([alarm.ring(bookingKey, 1), alarm.ring(bookingKey, 1)]);
    await alarm.ring(bookingKey, 1);
    expect(scene.catcher.requests).toHaveLength(2);
  });

  it('that was lost is set again by the next sweep', async () => {
    const { scene, alarm, sweep } = await deferredScene(15_000, accept);
    alarm.set.mockClear();
    await sweep();
    expect(alarm.set).toHaveBeenCalledWith(await scene.record());
    expect(scene.catcher.requests).toHaveLength(1);
  });

  it('that cannot be set is stood in for by the sweep', async () => {
    const { scene, alarm, sweep } = await deferredScene(15_000, accept);
    alarm.set.mockRejectedValue(new Error('On purpose.'));
    await sweep();
    await scene.catcher.caught(2);
  });

  it('that does not ring is waited for only so long', async () => {
    const { scene, sweep } = await deferredScene(15_000, accept);
    scene.nowMs += 15_000;
    await sweep();
    await scene.catcher.caught(2);
  });

  it('is not trusted where the clock of the process is behind that of the store', async () => {
    const { scene } = await deferredScene(15_000, accept);
    const edge = { ...scene.edge, nowMs: () => scene.nowMs - 3_600_000 };
    const alarm = (ring: Ring) => new HandAlarm(ring, 15_000);
    const behind = scene.process({ defer: true }, { edge, options: { alarm } });
    behind.deliverDue((await scene.store.sweep({ retentionMs: 1_000, limit: 10 })).due);
    await scene.catcher.caught(2);
    await behind.idle();
    expect(await scene.record()).toMatchObject({ state: 'ACCEPTED' });
  });

  it('is put off when the process stops, and what a sweep finds then is left to others', async () => {
    const { scene, handler, alarm, sweep } = await deferredScene(0, accept);
    handler.drain();
    expect(alarm.close).toHaveBeenCalled();
    await sweep();
    await alarm.ring(bookingKey, 1);
    expect(scene.catcher.requests).toHaveLength(1);
    expect(await scene.record()).toMatchObject({ state: 'DEFERRED', fence: 1 });
  });
});

it.each([
  { maxConcurrent: 10, atOnce: maxDeferredAtOnce },
  { maxConcurrent: 5, atOnce: 2 },
  { maxConcurrent: 1, atOnce: 1 },
])('leaves places free for callers: of $maxConcurrent it takes $atOnce', async ({ maxConcurrent, atOnce }) => {
  const bookings = 3 * maxDeferredAtOnce;
  const pending: (() => void)[] = [];
  const scene = await Scene.open(opened, ...Array<typeof accept>(bookings).fill(busy), (...exchange) =>
    pending.push(() => accept(...exchange)),
  );
  const handler = scene.process({ defer: true, maxConcurrent });
  const keys: IntentKey[] = [];
  for (let count = 0; count < bookings; count += 1) {
    await handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title: `Booking ${count}` } }));
  }
  scene.nowMs += 1_000;
  const { due } = await scene.store.sweep({ retentionMs: 1_000, limit: 100 });
  keys.push(...due.map(({ key }) => key));
  expect(keys).toHaveLength(bookings);
  handler.deliverDue(due);
  for (let done = 0; done < bookings; done += atOnce) {
    await scene.catcher.caught(bookings + done + atOnce);
    await setImmediate();
    expect(pending).toHaveLength(atOnce);
    for (const answer of pending.splice(0)) answer();
  }
  await handler.idle();
  expect(await scene.store.counts()).toMatchObject({ ACCEPTED: bookings });
});
