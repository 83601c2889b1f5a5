import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../pipeline/store/open';
import { type IntentStore } from '../../pipeline/store/store';
import { outcomeOf, type ToolResult, toWire } from '../../pipeline/tool-result';
import { appointment } from './support/appointment';
import { Closing } from './support/closing';
import { bookingCall, orgId, pipeline } from './support/pipeline';
import { accept, catching, status } from './support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

const storeAt = async (url: string): Promise<IntentStore> => opened.add(await openStore(url), (store) => store.close());

const temporaryFile = async (): Promise<string> => {
  const folder = opened.add(await mkdtemp(join(tmpdir(), 'once-')), (path) => rm(path, { recursive: true }));
  return join(folder, 'relay.db');
};

const countOf = (results: readonly ToolResult[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const result of results) counts[outcomeOf(result)] = (counts[outcomeOf(result)] ?? 0) + 1;
  return counts;
};

const success =
  '{"success":true,"message":"Appointment created and confirmation email sent to user@example.com","appointment_id":"d18ac5debf0904d4","email_sent":true,"is_duplicate":false}';

describe.each([
  ['memory', () => Promise.resolve('memory:')],
  ['sqlite', async () => `sqlite:${await temporaryFile()}`],
])('with the %s store', (_kind, storeUrl) => {
  it('books once and answers in the agreed form', async () => {
    const catcher = await catcherWith();
    const handler = pipeline(opened, { store: await storeAt(await storeUrl()), url: catcher.url });

    const result = await handler.handleToolCall(bookingCall({ callId: 'call_1' }));
    expect(JSON.stringify(toWire(result))).toBe(success);
    expect(catcher.requests.map(({ body }) => body)).toEqual([
      `{"intent_id":"d18ac5debf0904d4","org_id":"org_1","call_id":"call_1","tool_name":"create_appointment","tool_args":${JSON.stringify(appointment)}}`,
    ]);
  });

  it('answers a repeat with the facts of the first, without a request', async () => {
    const catcher = await catcherWith();
    const store = await storeAt(await storeUrl());
    const handlers = [1, 2].map(() => pipeline(opened, { store, url: catcher.url }));

    for (const handler of handlers) {
      await handler.handleToolCall(bookingCall());
      const repeat = await handler.handleToolCall(bookingCall({ toolArgs: JSON.stringify(appointment) }));
      expect(JSON.stringify(toWire(repeat))).toBe(success.replace('"is_duplicate":false', '"is_duplicate":true'));
    }
    expect(catcher.requests).toHaveLength(1);
  });

  it('answers 200 equal calls at once with one request', async () => {
    const catcher = await catcherWith();
    const handler = pipeline(opened, { store: await storeAt(await storeUrl()), url: catcher.url });

    const calls = Array.from({ length: 200 }, (_, at) => handler.handleToolCall(bookingCall({ callId: `call_${at}` })));
    expect(countOf(await Promise.all(calls))).toEqual({ success: 1, duplicate: 199 });
    expect(catcher.requests).toHaveLength(1);
    expect(handler.stats(orgId)).toMatchObject({ calls: 200, duplicates_prevented: 199, in_flight: 0 });
  });

  it('sends one request when several processes are asked at once', async () => {
    const catcher = await catcherWith();
    const store = await storeAt(await storeUrl());
    const handlers = Array.from({ length: 5 }, () => pipeline(opened, { store, url: catcher.url }));

    const results = await Promise.all(handlers.map((handler) => handler.handleToolCall(bookingCall())));
    expect(countOf(results)).toEqual({ success: 1, duplicate: 4 });
    expect(catcher.requests).toHaveLength(1);
  });

  it('keeps orgs, and appointments that differ, apart', async () => {
    const catcher = await catcherWith();
    const handler = pipeline(opened, { store: await storeAt(await storeUrl()), url: catcher.url });
    const titles = ['A', 'B', 'C'];
    const calls = titles.map((title) => handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title } })));
    expect(countOf(await Promise.all(calls))).toEqual({ success: 3 });
    expect(catcher.requests).toHaveLength(3);
  });

  it('tries again what was not sent', async () => {
    const catcher = await catcherWith(status(429), accept);
    const handler = pipeline(opened, { store: await storeAt(await storeUrl()), url: catcher.url });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ status: 'not_sent', should_retry: true });
    expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: false });
    expect(catcher.requests).toHaveLength(2);
  });

  it.each([
    [500, 'unknown'],
    [400, 'rejected'],
    [302, 'rejected'],
  ])('answers a repeat after %i the same, as %s, and sends nothing', async (code, outcome) => {
    const catcher = await catcherWith(status(code), accept);
    const handler = pipeline(opened, { store: await storeAt(await storeUrl()), url: catcher.url });
    const first = await handler.handleToolCall(bookingCall());
    expect(first).toMatchObject({
      success: false,
      status: outcome,
      should_retry: false,
      appointment_id: 'd18ac5debf0904d4',
    });
    expect(await handler.handleToolCall(bookingCall())).toEqual(first);
    expect(catcher.requests).toHaveLength(1);
  });
});

it('knows after a restart what it has done', async () => {
  const catcher = await catcherWith();
  const url = `sqlite:${await temporaryFile()}`;
  const first = await openStore(url);
  await pipeline(opened, { store: first, url: catcher.url }).handleToolCall(bookingCall());
  await first.close();

  const handler = pipeline(opened, { store: await storeAt(url), url: catcher.url });
  expect(await handler.handleToolCall(bookingCall())).toMatchObject({ success: true, is_duplicate: true });
  expect(catcher.requests).toHaveLength(1);
});
