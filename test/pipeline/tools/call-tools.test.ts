import { MemoryStore } from '../../../pipeline/store/memory';
import { type CallControl, type ToolCall } from '../../../pipeline/tool-call';
import { toWire } from '../../../pipeline/tool-result';
import { Closing } from '../support/closing';
import { orgId, pipeline } from '../support/pipeline';
import { accept, catching, status } from '../support/webhook-catcher';

const opened = new Closing();
afterEach(() => opened.all());

const catcherWith = catching(opened);

const callOf = (toolName: string, changes: Partial<ToolCall> = {}): ToolCall => ({
  orgId,
  toolName,
  toolArgs: '',
  sessionId: 'session_1',
  ...changes,
});

const controlThat = (transfer: CallControl['transfer']): CallControl => ({ transfer, hangUp: () => Promise.resolve() });

describe.each([['escalate_call'], ['complete_intake'], ['end_call']])('%s', (toolName) => {
  it('succeeds at once, once per session, without a webhook', async () => {
    const handler = pipeline(opened, { store: new MemoryStore() });
    const first = await handler.handleToolCall(callOf(toolName, { callId: 'a' }));
    expect(first).toMatchObject({ success: true, is_duplicate: false });
    const second = await handler.handleToolCall(callOf(toolName, { callId: 'b', toolArgs: { reason: 'again' } }));
    expect(second).toEqual({ ...first, is_duplicate: true });
    const other = await handler.handleToolCall(callOf(toolName, { sessionId: 'session_2' }));
    expect(other).toEqual(first);
  });

  it('does not go to the webhook unless the org wants the event', async () => {
    const catcher = await catcherWith();
    const quiet = pipeline(opened, { store: new MemoryStore(), url: catcher.url });
    await quiet.handleToolCall(callOf(toolName));
    expect(catcher.requests).toHaveLength(0);

    const handler = pipeline(opened, { store: new MemoryStore(), url: catcher.url, webhook: { events: [toolName] } });
    await handler.handleToolCall(callOf(toolName, { toolArgs: { reason: 'r', summary: 's' } }));
    expect(catcher.requests).toHaveLength(1);
    expect(JSON.parse(catcher.requests[0]?.body ?? '')).toMatchObject({
      tool_name: toolName,
      call_id: null,
      tool_args: { reason: 'r', summary: 's' },
    });
  });
});

describe('escalate_call', () => {
  it('waits for the transfer', async () => {
    let finish: () => void = () => undefined;
    const callControl = controlThat(() => new Promise((resolve) => (finish = resolve)));
    const handler = pipeline(opened, { store: new MemoryStore() });
    const answer = handler.handleToolCall(callOf('escalate_call', { callControl }));
    let isAnswered = false;
    void answer.then(() => (isAnswered = true));
    await new Promise(setImmediate);
    expect(isAnswered).toBe(false);
    finish();
    expect(await answer).toMatchObject({ success: true });
  });

  it('says that the transfer failed, tells no webhook, and may be tried again', async () => {
    const catcher = await catcherWith();
    const transfer = jest.fn().mockRejectedValueOnce(new Error('busy')).mockResolvedValueOnce(undefined);
    const handler = pipeline(opened, {
      store: new MemoryStore(),
      url: catcher.url,
      webhook: { events: ['escalate_call'] },
    });
    const call = callOf('escalate_call', { callControl: controlThat(transfer) });
    expect(await handler.handleToolCall(call)).toMatchObject({
      status: 'not_sent',
      error: 'The call could not be transferred.',
    });
    expect(catcher.requests).toHaveLength(0);
    expect(await handler.handleToolCall(call)).toMatchObject({ success: true, is_duplicate: false });
    expect(catcher.requests).toHaveLength(1);
  });

  it('does not know how a transfer ended that was stopped at the deadline', async () => {
    const callControl = controlThat(
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    const handler = pipeline(opened, { store: new MemoryStore(), deadlineMs: 300 });
    expect(await handler.handleToolCall(callOf('escalate_call', { callControl }))).toMatchObject({
      status: 'unknown',
      error: 'It is not known whether the call was transferred.',
    });
  });

  it('succeeds when the transfer did, whatever the webhook says', async () => {
    const catcher = await catcherWith(status(500));
    const handler = pipeline(opened, {
      store: new MemoryStore(),
      url: catcher.url,
      webhook: { events: ['escalate_call'] },
    });
    const callControl = controlThat(() => Promise.resolve());
    expect(await handler.handleToolCall(callOf('escalate_call', { callControl }))).toMatchObject({ success: true });
  });
});

describe('end_call', () => {
  it('ends the session, also as a duplicate, and does not show that on the wire', async () => {
    const handler = pipeline(opened, { store: new MemoryStore() });
    for (const isDuplicate of [false, true]) {
      const result = await handler.handleToolCall(callOf('end_call'));
      expect(result).toMatchObject({ endSession: true, is_duplicate: isDuplicate });
      expect(Object.keys(toWire(result))).toEqual(['success', 'message', 'is_duplicate']);
    }
  });

  it('ends the session when the webhook fails', async () => {
    const catcher = await catcherWith(status(400));
    const handler = pipeline(opened, { store: new MemoryStore(), url: catcher.url, webhook: { events: ['end_call'] } });
    expect(await handler.handleToolCall(callOf('end_call'))).toMatchObject({ success: true, endSession: true });
  });
});

it('complete_intake says so when the webhook did not get it', async () => {
  const catcher = await catcherWith(status(429), accept);
  const events = ['complete_intake'];
  const handler = pipeline(opened, { store: new MemoryStore(), url: catcher.url, webhook: { events } });
  expect(await handler.handleToolCall(callOf('complete_intake'))).toMatchObject({ status: 'not_sent' });
  expect(await handler.handleToolCall(callOf('complete_intake'))).toMatchObject({ success: true });
});
