import { type FunctionOutput, type SessionLog, type SessionMeter, type ToolRunner } from '../../relay';
import { type Inbox } from '../relay/support/inbox';
import { Pairs } from '../relay/support/pair';

const pairs = new Pairs();
afterEach(() => pairs.close());

const fail = (): never => {
  throw new Error('broken');
};
const brokenLog: SessionLog = { debug: fail, info: fail, warn: fail, error: fail };
const brokenMeter: SessionMeter = { sent: fail, limitReached: fail };
const failingTool: ToolRunner = { prepare: () => ({ execute: () => Promise.reject(new Error('broken')) }) };
const senselessTool: ToolRunner = {
  // What the compiler forbids, a tool written in JavaScript may do.
  prepare: () => ({ execute: () => Promise.resolve({} as FunctionOutput) }),
};

/** A session beside the one that fails, from before it began until it has ended. */
async function besideAnother(test: () => Promise<void>): Promise<void> {
  const other = await pairs.live();
  await test();
  other.client.send({ type: 'input_audio_buffer.append', audio: 'AAAA' });
  await other.up.next('input_audio_buffer.append');
  callTool(other.up);
  expect(await other.up.next('conversation.item.create')).toMatchObject({ item: { output: '{}' } });
  expect(await pairs.live()).toHaveProperty('session');
}

it.each<[string, NonNullable<Parameters<Pairs['open']>[0]>, (sides: { client: Inbox; up: Inbox }) => void]>([
  ['a step throws', { tools: senselessTool }, ({ up }) => callTool(up)],
  ['a line of the log throws', { tools: failingTool, log: { warn: fail } }, ({ up }) => callTool(up)],
  ['the line about a failed tool throws', { tools: failingTool, log: { error: fail } }, ({ up }) => callTool(up)],
  [
    'a line about a socket throws',
    { log: { debug: fail } },
    ({ up }) => up.socket.send(Buffer.from([0xff]), invalidText),
  ],
  ['the last line throws', { tools: senselessTool, log: { info: failAt('Session ended') } }, ({ up }) => callTool(up)],
])('where %s, its session ends by name and no other', async (_what, options, trigger) => {
  await besideAnother(async () => {
    const { client, up, session } = await pairs.live(options);
    trigger({ client, up });
    await expectInternalError(client);
    expect((await session.ended).cause).toBe('internal_error');
    await up.closed;
  });
});

it.each<[string, NonNullable<Parameters<Pairs['open']>[0]>]>([
  ['the settings cannot be sent', { config: { toJSON: fail } }],
  ['everything about the log throws', { log: brokenLog }],
  ['everything about the meter throws', { meter: brokenMeter }],
  ['both do', { log: brokenLog, meter: brokenMeter }],
])('where %s, its session ends by name before it has begun, and no other', async (_what, options) => {
  await besideAnother(async () => {
    const { client, upstream, session } = await pairs.open(options);
    void upstream().then((up) => up.send({ type: 'session.created', event_id: 'event_1', session: {} }));
    await expectInternalError(client);
    expect((await session.ended).cause).toBe('internal_error');
  });
});

it('a fault that ended its session is in the log, once, with where it was thrown', async () => {
  const { client, up, log } = await pairs.live({ tools: senselessTool });
  callTool(up);
  await expectInternalError(client);
  const lines = log.filter(({ message }) => message === 'Session failed');
  expect(lines).toMatchObject([{ level: 'error', fields: { err: { name: 'TypeError' }, event: 'tool.answered' } }]);
});

/** Text that is not UTF-8. */
const invalidText = { binary: false };

function failAt(message: string): SessionLog['info'] {
  return (_fields, text) => {
    if (text === message) fail();
  };
}

async function expectInternalError(client: Inbox): Promise<void> {
  expect(await client.next('error')).toMatchObject({ error: { code: 'internal_error' } });
  expect(await client.closed).toEqual({ code: 1011, reason: 'internal_error' });
}

function callTool(up: Inbox): void {
  const item = { id: 'item_f', type: 'function_call', call_id: 'call_1', name: 'book', status: 'completed' };
  up.send({ type: 'response.created', response: { id: 'resp_1', conversation_id: 'conv_1', output: [] } });
  up.send({
    type: 'response.output_item.done',
    response_id: 'resp_1',
    output_index: 0,
    item: { ...item, arguments: '{}' },
  });
}
