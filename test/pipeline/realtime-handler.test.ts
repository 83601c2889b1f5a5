import fc from 'fast-check';
import { z } from 'zod';
import { type DeliveryObservation } from '../../pipeline/delivery/delivery';
import { realEdge } from '../../pipeline/edge';
import { type Observation } from '../../pipeline/stats';
import { MemoryStore } from '../../pipeline/store/memory';
import { defineTool } from '../../pipeline/tool';
import { ToolRegistry } from '../../pipeline/tool-registry';
import { toolResultSchema } from '../../pipeline/tool-result';
import { createAppointment } from '../../pipeline/tools';
import { defaultPipelineLimits } from '../../pipeline/limits';
import { RealtimeHandler } from '../../pipeline/realtime-handler';
import { silentLog } from '../../pipeline/log';
import { appointment } from './support/appointment';
import { Closing } from './support/closing';
import { LogLines } from './support/log-lines';
import { bookingCall, orgId, pipeline } from './support/pipeline';
import { accept, type Answer, catching, status } from './support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

it('answers a tool that the org does not have', async () => {
  const handler = pipeline(opened, { store: new MemoryStore() });
  for (const call of [bookingCall({ toolName: 'fly' }), bookingCall({ orgId: 'org_2' })]) {
    expect(await handler.handleToolCall(call)).toEqual({
      success: false,
      status: 'unknown_tool',
      error: 'There is no such tool.',
      should_retry: false,
      clarification: 'EXECUTION_UNKNOWN_TOOL: There is no such tool. Tell the user that this cannot be done here.',
    });
  }
  expect(handler.hasTool(orgId, 'create_appointment')).toBe(true);
  expect(handler.hasTool(orgId, 'fly')).toBe(false);
  expect(handler.hasTool('org_2', 'create_appointment')).toBe(false);
});

it('gives a session the tools of its org, as the Realtime API takes them', () => {
  const handler = new RealtimeHandler({
    orgs: [{ orgId, tools: ['create_appointment'], deadlineMs: 1_000, limits: defaultPipelineLimits }],
    tools: new ToolRegistry([createAppointment]),
    store: new MemoryStore(),
    log: silentLog,
  });
  const [tool, ...others] = handler.sessionTools(orgId);
  expect(others).toEqual([]);
  expect(Object.keys(tool ?? {})).toEqual(['type', 'name', 'description', 'parameters']);
  expect(tool?.parameters).toMatchObject({
    type: 'object',
    required: ['title', 'start_time', 'end_time', 'attendee_email'],
    additionalProperties: false,
  });
  expect(tool?.parameters).not.toHaveProperty('$schema');
  expect(handler.sessionTools('org_2')).toEqual([]);
});

it('holds each org to its own limits', async () => {
  const limited = (name: string, toolArgumentDepth: number) => ({
    orgId: name,
    tools: ['create_appointment'],
    deadlineMs: 1_000,
    limits: { ...defaultPipelineLimits, toolArgumentDepth },
  });
  const handler = new RealtimeHandler({
    orgs: [limited('narrow', 1), limited('wide', 3)],
    tools: new ToolRegistry([createAppointment]),
    store: new MemoryStore(),
    log: silentLog,
  });
  const nested = { ...appointment, title: { a: {} } };
  const errors = ['narrow', 'wide'].map(async (name) => {
    const result = await handler.handleToolCall(bookingCall({ orgId: name, toolArgs: nested }));
    return 'error' in result ? result.error : '';
  });
  expect(await Promise.all(errors)).toEqual([
    'Invalid tool_args: must be nested at most 1 levels deep, received more levels',
    'Invalid title: must be text, received {"a":{}}',
  ]);
});

it('has no effect before it executes, and one effect however often it executes', async () => {
  const catcher = await catcherWith();
  const store = new MemoryStore();
  const prepared = pipeline(opened, { store, url: catcher.url }).prepare(bookingCall());
  expect(Object.values(await store.counts()).every((count) => count === 0)).toBe(true);
  const [first, second] = await Promise.all([prepared.execute(), prepared.execute()]);
  expect(first).toMatchObject({ success: true, is_duplicate: false });
  expect(second).toBe(first);
  expect(catcher.requests).toHaveLength(1);
});

it('survives a tool whose schema or key throws', async () => {
  const tool = (name: string, key: () => string[]) =>
    defineTool({
      name,
      description: 'Breaks.',
      parameters: z.object({ a: z.string().refine(() => name !== 'schema' || fail()) }),
      once: { key },
      execute: () => 'done',
    });
  const fail = (): never => {
    throw new Error('broken');
  };
  const tools = [tool('key', fail), tool('half', () => ['\ud800'])];
  const handler = pipeline(opened, { store: new MemoryStore(), tools });
  for (const toolName of ['key', 'half']) {
    const result = await handler.handleToolCall({ orgId, toolName, toolArgs: { a: 'x' } });
    expect(result).toMatchObject({ status: 'unavailable' });
  }
});

it('answers whatever comes with a result that the schema knows', async () => {
  const handler = pipeline(opened, { store: new MemoryStore() });
  const call = fc.record({
    orgId: fc.constantFrom(orgId, 'org_2'),
    toolName: fc.oneof(fc.constantFrom('create_appointment', 'end_call', '__proto__'), fc.string()),
    toolArgs: fc.oneof(fc.anything(), fc.json(), fc.constant(appointment)),
  });
  await fc.assert(
    fc.asyncProperty(call, async (given) => {
      toolResultSchema.parse(await handler.handleToolCall(given));
    }),
  );
});

it('counts what it answered, by tool and outcome', async () => {
  const catcher = await catcherWith(status(200), status(500));
  const observed: Observation[] = [];
  const handler = pipeline(opened, {
    store: new MemoryStore(),
    url: catcher.url,
    edge: { ...realEdge, monotonicMs: () => 0 },
    options: { observe: (observation) => observed.push(observation) },
  });
  await handler.handleToolCall(bookingCall());
  await handler.handleToolCall(bookingCall());
  await handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title: 'Other' } }));
  await handler.handleToolCall(bookingCall({ toolArgs: '' }));
  await handler.handleToolCall(bookingCall({ toolName: 'fly' }));
  await handler.handleToolCall({ orgId, toolName: 'end_call', toolArgs: '' });

  expect(handler.stats(orgId)).toEqual({
    org_id: orgId,
    store: 'memory',
    in_flight: 0,
    calls: 6,
    outcomes: { success: 2, duplicate: 1, unknown: 1, invalid: 1, unknown_tool: 1 },
    tools: {
      create_appointment: { success: 1, duplicate: 1, unknown: 1, invalid: 1 },
      unknown: { unknown_tool: 1 },
      end_call: { success: 1 },
    },
    duplicates_prevented: 1,
    latency_ms: { count: 6, p50: 0, p95: 0, p99: 0, max: 0 },
  });
  expect(observed).toHaveLength(6);
  expect(handler.stats('org_2')).toBeUndefined();
});

it('tells of every delivery how it ended and how long it took', async () => {
  let nowMs = 0;
  const after = (ms: number, answer: Answer): Answer => {
    return (response, request) => {
      nowMs += ms;
      answer(response, request);
    };
  };
  const catcher = await catcherWith(after(20, accept), after(30, status(400)));
  const observed: DeliveryObservation[] = [];
  const handler = pipeline(opened, {
    store: new MemoryStore(),
    url: catcher.url,
    edge: { ...realEdge, monotonicMs: () => nowMs },
    options: { observeDelivery: (observation) => observed.push(observation) },
  });
  await handler.handleToolCall(bookingCall());
  await handler.handleToolCall(bookingCall());
  await handler.handleToolCall(bookingCall({ toolArgs: { ...appointment, title: 'Other' } }));
  expect(observed).toEqual([
    { orgId, outcome: 'accepted', durationMs: 20 },
    { orgId, outcome: 'rejected', durationMs: 30 },
  ]);
});

it('writes a line for each step, with ids and without anything personal or secret', async () => {
  const catcher = await catcherWith();
  const log = new LogLines();
  const handler = pipeline(opened, { store: new MemoryStore(), url: catcher.url, log });
  await handler.handleToolCall(bookingCall({ callId: 'call_1', sessionId: 'session_1' }));

  expect(log.messages).toEqual([
    'Execute intent request',
    'Validating calendar intent',
    'Generated idempotency key',
    'Executing Zapier webhook for intent',
    'Zapier webhook executed successfully',
    'Execute intent result',
  ]);
  for (const { message, fields } of log.lines) {
    expect(JSON.stringify({ ...fields, message })).toMatch(/(execute-intent|Zapier|Intent)/);
    expect(fields).toMatchObject({ orgId, toolName: 'create_appointment', callId: 'call_1', sessionId: 'session_1' });
  }
  for (const { fields } of log.lines.slice(2)) expect(fields).toMatchObject({ intentId: 'd18ac5debf0904d4' });
  expect(JSON.stringify(log.lines)).not.toMatch(/Demo|example\.com|2024-12-20|secret|127\.0\.0\.1/);
});

describe('settings', () => {
  const make = (...orgs: ConstructorParameters<typeof RealtimeHandler>[0]['orgs'][]): void => {
    const tools = new ToolRegistry([createAppointment]);
    for (const each of orgs) new RealtimeHandler({ orgs: each, tools, store: new MemoryStore(), log: silentLog });
  };
  const org = { orgId, tools: ['create_appointment'], deadlineMs: 1_000, limits: defaultPipelineLimits };

  it('name a tool that there is not', () => {
    expect(() => make([{ ...org, tools: ['fly'] }])).toThrow('org_1: tools: there is no tool named "fly".');
  });

  it('name an org twice', () => {
    expect(() => make([org, org])).toThrow('There are two orgs named org_1.');
  });

  it('do not show the address they refuse', () => {
    const webhook = {
      url: 'http://hooks.example.com/secret',
      maxConcurrent: 1,
      events: [],
      allowLoopback: false,
      allowPrivateNetwork: false,
    };
    expect(() => make([{ ...org, webhook }])).toThrow(
      'org_1: webhook.url: the URL must begin with https: outside of loopback and private networks.',
    );
  });
});
