import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { endings, type EndCause } from '../../relay';
import { soundOfWords } from '../../simulator/carriers';
import { basic } from '../../src/telephony/basic';
import { metricReaches } from '../hostile/support/metrics';
import { Closing } from '../pipeline/support/closing';
import { type AsteriskHouse, openAsteriskHouse } from './support/asterisk-house';
import { outputsOf } from './support/exchange';
import { hangUp } from './support/house';
import { asteriskAccount } from './support/phone-carriers';
import { playTransfer, playWholeCall, wantsAPerson, wholeCall } from './support/phone-conversations';
import { linesOf, phone } from './support/phone-house';
import { refusalOf } from './support/phone-requests';
import { tempDir } from './support/temp-dir';

const opened = new Closing();
afterEach(() => opened.all());

it.each([
  ['ulaw', 'json', 'audio/pcmu'],
  ['alaw', 'plain-text', 'audio/pcma'],
  ['slin24', 'plain-text', 'audio/pcm'],
] as const)(
  'a phone call through Asterisk in %s, by %s, books once and ends after the goodbye',
  async (codec, control, format) => {
    const simulator = { scenario: wholeCall };
    const house = await openAsteriskHouse(opened, { line: { codec }, pbx: { codec, control }, simulator });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await playWholeCall(house, 'asterisk', call, format, 'closing');
    expect(house.carrier.rest.requests).toEqual([]);
  },
);

describe('a transfer', () => {
  it('is told to the dialplan, which goes on with the caller when the stream is closed', async () => {
    const house = await openAsteriskHouse(opened, { simulator: { scenario: wantsAPerson } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await playTransfer(house, 'asterisk', call, 'closing');
    const [{ path } = { path: '' }] = house.carrier.rest.requests;
    expect(Object.fromEntries(new URL(path, 'http://ari').searchParams)).toEqual({
      variable: `SHARED(RELAY_TRANSFER_TO,${call.id})`,
      value: phone.colleague,
    });
  });

  it.each([
    ['ARI refuses', {}, [{ status: 401 }], 'not_sent', 'The call could not be transferred.'],
    ['ARI does not answer', {}, ['hang'], 'not_sent', 'The call could not be transferred.'],
    [
      'nobody is there for',
      { transferTo: undefined },
      [],
      'not_configured',
      'There is nobody this call could be transferred to.',
    ],
  ] as const)('that %s is told to the model, and the call goes on', async (_what, line, faults, status, error) => {
    const webhook = { deadlineMs: 2_500 };
    const house = await openAsteriskHouse(opened, { line, webhook, simulator: { scenario: wantsAPerson } });
    house.carrier.rest.failNext(...faults);
    const call = house.carrier.call();
    await call.until('stream_opened');
    await call.until('quiet');
    await call.say(soundOfWords('A person, please.'));
    const session = await house.simulator.session(0);
    await session.waitFor(() => outputsOf(session).length > 0);
    expect(outputsOf(session)).toMatchObject([{ output: { success: false, status, error } }]);
    await call.untilHeard(call.heardMs + 500);
    call.hangUp();
    expect(call.complaints).toEqual([]);
  });
});

it('keys the caller presses are words to the model', async () => {
  const house = await openAsteriskHouse(opened);
  const call = house.carrier.call();
  await call.until('playing');
  call.press('42#');
  const session = await house.simulator.session(0);
  await session.waitFor(({ event }) => JSON.stringify(event).includes('42#'));
  call.hangUp();
});

it('a relay that stops leaves the caller to the dialplan', async () => {
  const house = await openAsteriskHouse(opened);
  const call = house.carrier.call();
  await call.until('playing');
  await house.relay.stop();
  expect(await call.ended).toEqual({ kind: 'completed', by: 'relay' });
  expect(linesOf(house, 'Session ended')).toMatchObject([{ cause: 'draining' }]);
});

it('a caller who cannot be taken is left to the dialplan', async () => {
  const house = await openAsteriskHouse(opened, { limits: { sessionsPerOrg: 1 } });
  const first = house.carrier.call();
  await first.until('stream_opened');
  const second = house.carrier.call();
  expect(await second.until('stream_refused')).toMatchObject({ status: 429 });
  expect(linesOf(house, 'Media stream refused')).toMatchObject([{ code: 'too_many_sessions', carrier: 'asterisk' }]);
  second.hangUp();
  first.hangUp();
});

it('of callers who come at once no more are taken than there may be', async () => {
  // While a store is asked, others come in.
  const storeUrl = `sqlite:${await tempDir(opened)}/relay.db`;
  const house = await openAsteriskHouse(opened, { limits: { sessionsPerOrg: 2 }, storeUrl });
  const sockets = Array.from({ length: 6 }, (_none, index) => open(house, `${address}${index}`));
  const outcomes = await Promise.all(
    sockets.map((socket) => Promise.race([once(socket, 'open').then(() => 'taken'), refusalOf(socket)])),
  );
  expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(2);
  expect(house.relay.sessionCount()).toBe(2);
});

const { username, password } = asteriskAccount.credentials;
const right = basic(username, password);
const address = `/telephony/asterisk/media?called=${encodeURIComponent(phone.called)}&call=1700000000.1`;

/** A media socket as Asterisk opens it, with whatever a test wants otherwise. */
function open({ relay }: AsteriskHouse, path = address, authorization: string | undefined = right): WebSocket {
  const headers = authorization === '' ? {} : { authorization };
  const socket = new WebSocket(relay.url.replace('http', 'ws') + path, ['media'], { headers });
  socket.on('error', () => undefined);
  return opened.add(socket, hangUp);
}

describe('a media socket', () => {
  it.each([
    ['without credentials', ''],
    ['with another password', basic(username, 'password-of-another')],
    ['with another name', basic('another', password)],
    ['with more than the password', basic(username, `${password} `)],
    ['with a bearer', `Bearer ${password}`],
  ])('%s is refused before it opens, and spoils nothing', async (_what, authorization) => {
    const house = await openAsteriskHouse(opened);
    const socket = open(house, address, authorization);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Basic realm="telephony"');
    expect(linesOf(house, 'Media stream refused')).toMatchObject([{ carrier: 'asterisk', code: 'invalid_credential' }]);
    expect(house.relay.sessionCount()).toBe(0);
    await once(open(house), 'open');
  });

  it.each([
    ['a number nobody has', address.replace('2222', '9999'), 404, 'unknown_number'],
    ['no number', '/telephony/asterisk/media?call=1700000000.1', 400, 'invalid_request'],
    ['two numbers', `${address}&called=15550003333`, 400, 'invalid_request'],
    ['no call', address.replace('&call=', '&other='), 400, 'invalid_request'],
    ['two calls', `${address}&call=1700000000.2`, 400, 'invalid_request'],
    ['a call whose id is none', `${address}%29`, 400, 'invalid_request'],
    ['an empty query', '/telephony/asterisk/media', 400, 'invalid_request'],
    ['another address', address.replace('/media', ''), 404, 'not_found'],
  ])('that names %s is refused', async (_what, path, status, code) => {
    const house = await openAsteriskHouse(opened);
    expect(await refusalOf(open(house, path))).toEqual({ status, code });
    expect(house.relay.sessionCount()).toBe(0);
  });

  it.each([
    ['with a plus', phone.called.replace('+', '%2B')],
    ['with a plus that a query makes a blank of', phone.called],
    ['without a plus', phone.called.slice(1)],
  ])('may write the number %s', async (_what, called) => {
    const socket = open(
      await openAsteriskHouse(opened),
      `/telephony/asterisk/media?called=${called}&call=1700000000.1`,
    );
    await once(socket, 'open');
    expect(socket.protocol).toBe('media');
    expect(socket.extensions).toBe('');
  });

  it('is opened once for a call', async () => {
    const house = await openAsteriskHouse(opened);
    const call = house.carrier.call();
    await call.until('stream_opened');
    const again = address.replace('1700000000.1', call.id);
    expect(await refusalOf(open(house, again))).toEqual({ status: 403, code: 'call_used' });
    expect(house.relay.sessionCount()).toBe(1);
    call.hangUp();
    await call.ended;
    expect(await refusalOf(open(house, again))).toEqual({ status: 403, code: 'call_used' });
  });

  it('of two systems leads to the org whose credentials it has and whose number was called', async () => {
    const house = await openAsteriskHouse(opened, { line: asteriskAccount.another });
    expect(await refusalOf(open(house))).toEqual({ status: 401, code: 'invalid_credential' });
    await once(open(house, address, basic(username, asteriskAccount.another.password)), 'open');
  });
});

it('nobody asks for a webhook of Asterisk', async () => {
  const { relay } = await openAsteriskHouse(opened);
  expect((await fetch(`${relay.url}/telephony/asterisk/voice`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${relay.url}/telephony/asterisk/media`)).status).toBe(404);
});

const start = (format = 'ulaw') => ({ event: 'MEDIA_START', connection_id: 'c1', channel_id: '1700000000.2', format });
const frame = Buffer.alloc(160, 0xff);

describe('a stream ends by name', () => {
  it.each<[EndCause, string, readonly (object | string | Buffer)[]]>([
    ['carrier_no_start', 'without a start', []],
    ['carrier_frame_before_start', 'with audio before its start', [frame]],
    ['carrier_second_start', 'that starts twice', [start(), start()]],
    ['carrier_wrong_codec', 'in another codec', [start('alaw')]],
    ['carrier_wrong_codec', 'in a codec that nobody knows here', [start('g722')]],
    ['carrier_invalid_frame', 'with a message that cannot be read', ['{']],
    ['message_too_large', 'with a message that is too long', [start(), Buffer.alloc(70_000)]],
  ])('%s: one %s', async (cause, _what, messages) => {
    const house = await openAsteriskHouse(opened, { limits: { carrierStartMs: 300 } });
    const socket = open(house);
    await once(socket, 'open');
    for (const each of messages) {
      socket.send(Buffer.isBuffer(each) || typeof each === 'string' ? each : JSON.stringify(each));
    }
    const [code] = (await once(socket, 'close')) as [number, Buffer];
    expect(code).toBe(endings[cause].closeCode);
    expect(linesOf(house, 'Session ended')).toMatchObject([
      { cause, carrier: 'asterisk', phoneCallId: '1700000000.1' },
    ]);
    await metricReaches(house.relay, `relay_calls_ended_total{carrier="asterisk",cause="${cause}"}`, 1);
    expect(house.carrier.rest.requests).toEqual([]);
  });
});
