import { WebSocket } from 'ws';
import { metricReaches } from '../hostile/support/metrics';
import { type RestFault } from '../../simulator/carriers';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { hangUp } from './support/house';
import { telnyxAccount } from './support/phone-carriers';
import { playTransfer, playWholeCall, wantsAPerson, wholeCall } from './support/phone-conversations';
import { linesOf, phone } from './support/phone-house';
import { refusalOf } from './support/phone-requests';
import { openTelnyxHouse, ringAt, type TelnyxHouse } from './support/telnyx-house';

const opened = new Closing();
afterEach(() => opened.all());

it.each([
  ['PCMU', 'audio/pcmu'],
  ['PCMA', 'audio/pcma'],
])(
  'a phone call by Telnyx in %s is interrupted, books once, and is hung up after the goodbye',
  async (codec, format) => {
    const house = await openTelnyxHouse(opened, { line: { codec }, simulator: { scenario: wholeCall } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await playWholeCall(house, 'telnyx', call, format);
    expect(house.carrier.rest.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['answer', 'hangup']);
  },
);

it('a transfer connects the caller with a colleague', async () => {
  const house = await openTelnyxHouse(opened, { simulator: { scenario: wantsAPerson } });
  await playTransfer(house, 'telnyx', house.carrier.call({ from: phone.caller, to: phone.called }));
});

describe('a webhook', () => {
  const signature = 'telnyx-signature-ed25519';
  it.each([
    ['that nobody signed', {}, { headers: { [signature]: undefined } }, 'wrong_signature'],
    ['with a wrong signature', {}, { headers: { [signature]: 'AAAA' } }, 'wrong_signature'],
    ['of long ago', {}, { headers: { 'telnyx-timestamp': '1700000000' } }, 'wrong_signature'],
    ['for another account', { line: telnyxAccount.another }, {}, 'wrong_signature'],
    ['about a number nobody has', {}, { to: '+15559999999' }, 'unknown_number'],
  ])('%s is refused, and no session is opened', async (_what, parts, options, code) => {
    const house = await openTelnyxHouse(opened, parts);
    const call = house.carrier.call(options);
    await call.until('complaint');
    const [refused] = linesOf(house, 'Webhook of a call refused');
    expect(refused).toMatchObject({ carrier: 'telnyx', code, level: 'warn' });
    expect(house.relay.sessionCount()).toBe(0);
    expect(house.carrier.rest.requests).toEqual([]);
  });

  it('only tells of what becomes of a call, and asks for nothing', async () => {
    const house = await openTelnyxHouse(opened);
    const call = house.carrier.call();
    await call.until('stream_opened');
    call.hangUp();
    await call.settled();
    expect(call.complaints).toEqual([]);
    expect(linesOf(house, 'Call announced')).toHaveLength(1);
  });
});

it.each([
  ['rings', 'answered'],
  ['is on', 'stream_opened'],
] as const)('a webhook that comes again while its call %s asks for nothing more', async (_when, happening) => {
  const house = await openTelnyxHouse(opened, { limits: { sessionsPerOrg: 1 } });
  const call = house.carrier.call();
  await call.until(happening);
  const again = await ringAt(house.relay.url, call.id);
  expect(again.status).toBe(204);
  await call.until('playing');
  expect(house.relay.sessionCount()).toBe(1);
  expect(house.carrier.rest.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['answer']);
  call.hangUp();
  await metricReaches(house.relay, 'relay_calls_started_total{carrier="telnyx"}', 1);
});

/** The command by which the only call was answered. */
const answerOf = ({ carrier }: TelnyxHouse) => record(JSON.parse(carrier.rest.requests[0]?.body ?? ''));

it('a media socket is let in with its token, and once', async () => {
  const house = await openTelnyxHouse(opened);
  const call = house.carrier.call();
  await call.until('stream_opened');
  const { stream_url: url, stream_auth_token: token } = answerOf(house);
  const { pathname } = new URL(String(url));
  for (const [given, code] of [
    [String(token), 'media_token_used'],
    ['AAAA', 'wrong_signature'],
    [undefined, 'wrong_signature'],
  ] as const) {
    const headers = given === undefined ? {} : { 'x-telnyx-streaming-auth-token': given };
    const socket = opened.add(new WebSocket(house.relay.url.replace('http', 'ws') + pathname, { headers }), hangUp);
    socket.on('error', () => undefined);
    expect(await refusalOf(socket)).toEqual({ status: 403, code });
  }
  call.hangUp();
});

it('a caller who cannot be served is hung up before the call costs anything', async () => {
  const house = await openTelnyxHouse(opened, { limits: { sessionsPerOrg: 1 } });
  const first = house.carrier.call();
  await first.until('stream_opened');
  const second = house.carrier.call();
  expect(await second.ended).toEqual({ kind: 'completed', by: 'api' });
  expect(second.complaints).toEqual([]);
  expect(second.history.all('answered')).toEqual([]);
  first.hangUp();
});

it('a command that is not taken is logged, and its session ends by name', async () => {
  const house = await openTelnyxHouse(opened, { limits: { carrierStartMs: 300 } });
  house.carrier.rest.failNext({ status: 401 });
  const call = house.carrier.call();
  const answered = 'relay_carrier_requests_total{carrier="telnyx",action="answer",outcome="failed"}';
  await metricReaches(house.relay, answered, 1);
  const message = 'Carrier did not take a command about a call that rings';
  expect(linesOf(house, message)).toMatchObject([{ code: 'http_401', phoneCallId: call.id, level: 'warn' }]);
  await metricReaches(house.relay, 'relay_calls_ended_total{carrier="telnyx",cause="carrier_no_start"}', 1);
  call.hangUp();
});

it('a relay that stops hangs up the calls that are on, which would outlive their streams', async () => {
  const house = await openTelnyxHouse(opened);
  const call = house.carrier.call();
  await call.until('playing');
  await house.relay.stop();
  expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
  expect(linesOf(house, 'Session ended')).toMatchObject([{ cause: 'draining' }]);
  expect(linesOf(house, 'Call hung up')).toHaveLength(1);
});

it.each<[string, Parameters<TelnyxHouse['carrier']['call']>[0]]>([
  ['is not let in', { headers: { 'x-telnyx-streaming-auth-token': 'AAAA' } }],
  ['does not start', { tamper: () => [] }],
])('a call whose stream %s is hung up: nothing else would end its silence', async (_what, options) => {
  const house = await openTelnyxHouse(opened, { limits: { carrierStartMs: 300 } });
  const call = house.carrier.call(options);
  expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
  await metricReaches(house.relay, 'relay_calls_ended_total{carrier="telnyx",cause="carrier_no_start"}', 1);
});

it.each<[string, RestFault]>([
  ['is lost', 'drop'],
  ['loses its answer', 'lose_answer'],
  ['fails at Telnyx', { status: 500 }],
])('a command to answer or to hang up that %s is given once more', async (_what, fault) => {
  const house = await openTelnyxHouse(opened);
  house.carrier.rest.failNext(fault);
  const call = house.carrier.call();
  await call.until('playing');
  house.carrier.rest.failNext(fault);
  await house.relay.stop();
  expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
  const commands = house.carrier.rest.requests.map(({ path }) => path.split('/').at(-1));
  expect(commands).toEqual(['answer', 'answer', 'hangup', 'hangup']);
});

it('a stream of another call ends by name', async () => {
  const house = await openTelnyxHouse(opened);
  const call = house.carrier.call({
    tamper: (frame) =>
      typeof frame === 'string'
        ? [frame.replaceAll(/"call_control_id":"[^"]+"/g, '"call_control_id":"v3:x"')]
        : [frame],
  });
  expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
  await metricReaches(house.relay, 'relay_calls_ended_total{carrier="telnyx",cause="carrier_unknown_call"}', 1);
});
