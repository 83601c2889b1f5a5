import { type EndCause } from '../../relay';
import { Closing } from '../pipeline/support/closing';
import { type House, openHouse } from '../e2e/support/house';
import { closing, fragments, frame, type FrameParts, opcode } from './support/frames';
import { metricsOf } from './support/metrics';
import { rawCall, type RawCaller } from './support/raw-caller';
import { expectUnharmed } from './support/unharmed';

const opened = new Closing();
afterEach(() => opened.all());

const maxMessageBytes = 64 * 1024;
const house = () => openHouse(opened, { limits: { maxMessageBytes } });

const clear = JSON.stringify({ type: 'input_audio_buffer.clear' });

/** Expects the connection to end with a close code, the session for a cause, and the house to be unharmed. */
async function expectEnd(visited: House, { client }: RawCaller, code: number, cause: EndCause): Promise<void> {
  expect(await client.closed).toMatchObject({ code });
  await expectUnharmed(opened, visited);
  expect((await metricsOf(visited.relay)).get(`relay_sessions_ended_total{cause="${cause}"}`)).toBeGreaterThan(0);
}

describe('frames that break the protocol end the session as client_protocol_error', () => {
  const reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

  it.each<[string, number, Buffer]>([
    ['a frame without a mask', 1002, frame(clear, { masked: false })],
    ['a ping without a mask', 1002, frame('', { opcode: opcode.ping, masked: false })],
    ...[4, 2, 1].map((bits): [string, number, Buffer] => [
      `reserved bits ${bits}`,
      1002,
      frame(clear, { reserved: bits }),
    ]),
    ...reserved.map((kind): [string, number, Buffer] => [`opcode ${kind}`, 1002, frame('', { opcode: kind })]),
    ['a ping of 126 bytes', 1002, frame(Buffer.alloc(126), { opcode: opcode.ping })],
    ['a pong of 64 KiB', 1002, frame(Buffer.alloc(65_536), { opcode: opcode.pong })],
    ['a ping in parts', 1002, frame('x', { opcode: opcode.ping, fin: false })],
    ['a close in parts', 1002, frame(closing(1000), { opcode: opcode.close, fin: false })],
    ['a continuation of nothing', 1002, frame(clear, { opcode: opcode.continuation })],
    ['a message inside of another', 1002, Buffer.concat([frame('{', { fin: false }), frame(clear)])],
    ['a text that is no UTF-8', 1007, frame(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
    ['a text that is UTF-8 of a lone surrogate', 1007, frame(Buffer.from([0xed, 0xa0, 0x80]))],
    ['a text that is UTF-8 in too many bytes', 1007, frame(Buffer.from([0xc0, 0xaf]))],
    [
      'a text whose last part is half a character',
      1007,
      Buffer.concat([frame('{"', { fin: false }), frame(Buffer.from([0xe2, 0x82]), { opcode: opcode.continuation })]),
    ],
    ['a close of one byte', 1002, frame('x', { opcode: opcode.close })],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code): [string, number, Buffer] => [
      `a close with code ${code}`,
      1002,
      frame(closing(code), { opcode: opcode.close }),
    ]),
    ['a close whose reason is no UTF-8', 1007, frame(closing(1000, Buffer.from([0xff])), { opcode: opcode.close })],
    ['257 parts', 1008, Buffer.concat([...fragments('x'.repeat(257), 257)])],
    ['257 empty parts', 1008, Buffer.concat([...fragments('', 257)])],
  ])('%s: %i', async (_case, code, bytes) => {
    const visited = await house();
    const caller = await rawCall(opened, visited);
    caller.wire.write(bytes);
    await expectEnd(visited, caller, code, 'client_protocol_error');
  });
});

describe('messages that are too large end the session as message_too_large', () => {
  const all = 2n ** 63n;

  it.each<[string, number, Buffer[]]>([
    ['one byte more than maxMessageBytes', 1009, [frame('x'.repeat(maxMessageBytes + 1))]],
    ['in parts', 1009, [...fragments('x'.repeat(maxMessageBytes + 1), 8)]],
    ['that only say so', 1009, [frame('', { says: BigInt(maxMessageBytes) + 1n })]],
    ['that say to be 2^53 bytes', 1009, [frame('', { says: 2n ** 53n })]],
    ['that say to be 2^63 bytes', 1009, [frame('', { says: all })]],
  ])('%s: %i', async (_case, code, frames) => {
    const visited = await house();
    const caller = await rawCall(opened, visited);
    for (const bytes of frames) caller.wire.write(bytes);
    await expectEnd(visited, caller, code, 'message_too_large');
  });
});

describe('floods end the session as too_many_messages', () => {
  const ping: FrameParts = { opcode: opcode.ping };

  it.each<[string, Buffer]>([
    ['of pings', frame('x', ping)],
    ['of pings that carry what they may', frame(Buffer.alloc(125), ping)],
    ['of pongs nobody asked for', frame('', { opcode: opcode.pong })],
    ['of empty messages', frame('')],
    ['of pings between the parts of a message', Buffer.concat([...fragments(clear, 20, frame('', ping))])],
  ])('%s', async (_case, bytes) => {
    const visited = await openHouse(opened, { limits: { messagesPerSecond: 50 } });
    const caller = await rawCall(opened, visited);
    for (let sent = 0; sent < 200; sent += 1) caller.wire.write(bytes);
    await expectEnd(visited, caller, 1008, 'too_many_messages');
  });
});

describe('unusual frames are taken as what they are', () => {
  it('a message in 256 parts, with pings between them', async () => {
    const visited = await openHouse(opened, { limits: { messagesPerSecond: 1_000 } });
    const { client, wire } = await rawCall(opened, visited);
    let pongs = 0;
    client.socket.on('pong', () => (pongs += 1));
    const text = JSON.stringify({ type: 'input_audio_buffer.clear', event_id: 'x'.repeat(300) });
    for (const bytes of fragments(text, 256, frame('', { opcode: opcode.ping }))) wire.write(bytes);
    await client.next('input_audio_buffer.cleared');
    expect(pongs).toBe(255);
  });

  it('a message a byte at a time', async () => {
    const visited = await house();
    const { client, wire } = await rawCall(opened, visited);
    wire.setNoDelay(true);
    for (const byte of frame(clear)) wire.write(Buffer.from([byte]));
    await client.next('input_audio_buffer.cleared');
  });

  it.each([1000, 1001, 1011, 3000, 4999])('a close with code %i, which is answered', async (code) => {
    const visited = await house();
    const caller = await rawCall(opened, visited);
    caller.wire.write(frame(closing(code, 'goodbye'), { opcode: opcode.close }));
    await expectEnd(visited, caller, code, 'client_closed');
  });

  it('a close without a code', async () => {
    const visited = await house();
    const caller = await rawCall(opened, visited);
    caller.wire.write(frame('', { opcode: opcode.close }));
    await expectEnd(visited, caller, 1005, 'client_closed');
  });

  it('the largest message there may be, which is no JSON', async () => {
    const visited = await house();
    const { client, wire } = await rawCall(opened, visited);
    wire.write(frame('x'.repeat(maxMessageBytes)));
    expect((await client.next('error')).json).toMatchObject({ error: { code: 'invalid_json' } });
  });

  it('what still comes after the end is not heard', async () => {
    const visited = await house();
    const caller = await rawCall(opened, visited);
    const say = { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [] } };
    caller.wire.write(Buffer.concat([frame('', { reserved: 4 }), frame(JSON.stringify(say)), frame(clear)]));
    await expectEnd(visited, caller, 1002, 'client_protocol_error');
    expect((await visited.simulator.session(0)).received).toHaveLength(1);
  });
});
