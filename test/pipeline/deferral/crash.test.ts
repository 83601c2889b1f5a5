import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realEdge } from '../../../pipeline/edge';
import { type RealtimeHandler } from '../../../pipeline/realtime-handler';
import { openSqliteStore } from '../../../pipeline/store/sqlite';
import { type IntentStore } from '../../../pipeline/store/store';
import { Closing } from '../support/closing';
import { pipeline } from '../support/pipeline';
import { accept, catching, hang, status } from '../support/webhook-catcher';
import { bookingToCome } from './support/booking-to-come';
import { noAlarm } from './support/scene';

const opened = new Closing();
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'relay-deferral-'))));
afterEach(async () => {
  await opened.all();
  rmSync(directory, { recursive: true });
});

const catcherWith = catching(opened);

/** A process that makes the booking; what it was told, and how to kill it as `kill -9` does. */
function startProcess(url: string) {
  const script = join(__dirname, 'support/deferring-process.ts');
  const file = join(directory, 'intents.db');
  const child = spawn(process.execPath, ['-r', require.resolve('ts-node/register'), script, file, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const told = once(child.stdout, 'data').then(([line]) => JSON.parse(String(line)) as object);
  return {
    told,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The next process on the same file, so much later, in which nothing happens but what the test does. */
async function nextProcess(url: string, laterMs: number): Promise<{ store: IntentStore; handler: RealtimeHandler }> {
  const now = () => Date.now() + laterMs;
  const file = join(directory, 'intents.db');
  const store = opened.add(await openSqliteStore({ file, timeoutMs: 20_000, now }), (each) => each.close());
  const edge = { ...realEdge, nowMs: now };
  const handler = pipeline(opened, { store, url, edge, webhook: { defer: true }, options: { alarm: noAlarm } });
  return { store, handler };
}

const sweep = { retentionMs: 3_600_000, limit: 10 };

it('a promise survives the death of the process that made it, and is kept once', async () => {
  const catcher = await catcherWith(status(429, { 'retry-after': '60' }), accept);
  const dying = startProcess(catcher.url);
  expect(await dying.told).toMatchObject({ success: true, status: 'deferred' });
  await dying.kill();

  const { store, handler } = await nextProcess(catcher.url, 60_000);
  expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, status: 'deferred' });
  const { due } = await store.sweep(sweep);
  expect(due).toHaveLength(1);
  handler.deliverDue(due);
  await catcher.caught(2);
  await handler.idle();
  expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ success: true, is_duplicate: true });
  expect(catcher.requests[1]?.body).toBe(catcher.requests[0]?.body);
  expect(catcher.requests).toHaveLength(2);
});

it('a delivery that the process died in is in doubt, with its bytes, and not sent again by itself', async () => {
  const catcher = await catcherWith(status(429), hang);
  const dying = startProcess(catcher.url);
  await dying.told;
  await catcher.caught(2);
  await dying.kill();

  const { store, handler } = await nextProcess(catcher.url, 120_000);
  const report = await store.sweep(sweep);
  expect(report).toMatchObject({ due: [], unknown: [{ tool: 'create_appointment' }] });
  const [key] = report.unknown;
  const record = key && (await store.get(key));
  expect(record).toMatchObject({ state: 'UNKNOWN', body: catcher.requests[0]?.body });
  expect(record).not.toHaveProperty('nextTryAtMs');
  expect(await handler.handleToolCall(bookingToCome)).toMatchObject({ success: false, status: 'unknown' });
  expect(catcher.requests).toHaveLength(2);
});
