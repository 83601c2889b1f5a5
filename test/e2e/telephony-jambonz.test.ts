import { type Scenario } from '../../simulator';
import { type Frame, jambonzSignature, soundOfWords } from '../../simulator/carriers';
import { type EndCause } from '../../relay';
import { metricReaches } from '../hostile/support/metrics';
import { Closing } from '../pipeline/support/closing';
import { outputsOf } from './support/exchange';
import { wantsAPerson } from './support/phone-conversations';
import { linesOf, openPhoneHouse, phone, publicUrl, type PhoneParts } from './support/phone-house';

const opened = new Closing();
afterEach(() => opened.all());

const openHouse = (parts: PhoneParts = {}) => openPhoneHouse(opened, { ...parts, carrier: 'jambonz' });

/** Changes what is said in words, and leaves what is said in sound. */
const inWords = (change: (text: string) => readonly Frame[]) => (frame: Frame) =>
  typeof frame === 'string' ? change(frame) : [frame];

describe('a stream ends by name', () => {
  it.each<[EndCause, string, (frame: Frame) => readonly Frame[]]>([
    ['carrier_no_start', 'without a start', () => []],
    [
      'carrier_unknown_call',
      'of another call',
      inWords((text) => [text.replace(/"callSid":"[^"]+"/, '"callSid":"x"')]),
    ],
    ['carrier_frame_before_start', 'with audio before its start', inWords(() => [])],
    ['carrier_second_start', 'that starts twice', inWords((text) => [text, text])],
    ['carrier_wrong_codec', 'at another rate', inWords((text) => [text.replace('24000', '16000')])],
    ['carrier_wrong_codec', 'of two channels', inWords((text) => [text.replace('"mono"', '"stereo"')])],
    ['carrier_invalid_frame', 'with a message that cannot be read', inWords(() => ['{'])],
    ['message_too_large', 'with a message that is too long', inWords((text) => [text, 'x'.repeat(70_000)])],
  ])('%s: one %s', async (cause, _what, tamper) => {
    const house = await openHouse({ limits: { carrierStartMs: 300 } });
    const call = house.carrier.call({ tamper });
    expect(await call.ended).toEqual({ kind: 'completed', by: 'document' });
    await metricReaches(house.relay, `relay_calls_ended_total{carrier="jambonz",cause="${cause}"}`, 1);
    expect(linesOf(house, 'Session ended')).toMatchObject([{ cause, carrier: 'jambonz', phoneCallId: call.id }]);
    expect(house.carrier.rest.requests).toEqual([]);
  });

  it('and so does a call whose stream never comes', async () => {
    const house = await openHouse({ limits: { carrierStartMs: 100 } });
    const body = JSON.stringify({ ...state('trying'), sip: {} });
    const answer = await tell(house.relay.url, '/telephony/jambonz/voice', body);
    expect(await answer.json()).toMatchObject([{ verb: 'listen', passDtmf: true }]);
    await metricReaches(house.relay, 'relay_calls_ended_total{carrier="jambonz",cause="carrier_no_start"}', 1);
    expect(house.relay.sessionCount()).toBe(0);
  });
});

/** What a webhook says of a call. */
const state = (callStatus: string) => ({
  call_sid: 'a-call',
  account_sid: phone.jambonzAccount,
  to: phone.called,
  call_status: callStatus,
});

/** Tells a relay something, signed with a secret. */
function tell(relayUrl: string, path: string, body: string, secret: string = phone.webhookSecret): Promise<Response> {
  const signature = jambonzSignature(secret, Math.floor(Date.now() / 1_000), body);
  const headers = { 'content-type': 'application/json', 'jambonz-signature': signature };
  return fetch(relayUrl + path, { method: 'POST', headers, body });
}

it.each(['trying', 'in-progress', 'completed'])('the state of a call, %s, asks for nothing', async (callStatus) => {
  const { relay } = await openHouse();
  const body = JSON.stringify(state(callStatus));
  expect((await tell(relay.url, '/telephony/jambonz/voice', body)).status).toBe(204);
  expect((await tell(relay.url, '/telephony/jambonz/voice', body, 'another-secret')).status).toBe(403);
  expect(relay.sessionCount()).toBe(0);
});

it('only jambonz learns whom callers are handed over to', async () => {
  const { relay } = await openHouse();
  const body = JSON.stringify(state('in-progress'));
  expect((await tell(relay.url, '/telephony/jambonz/transfer', body, 'another-secret')).status).toBe(403);
  const answer = await tell(relay.url, '/telephony/jambonz/transfer', body);
  expect(await answer.json()).toEqual([{ verb: 'dial', target: [{ type: 'phone', number: phone.colleague }] }]);
});

it.each([
  ['jambonz refuses', { status: 401 }, 'not_sent', 'The call could not be transferred.'],
  ['jambonz does not answer', 'hang', 'unknown', 'It is not known whether the call was transferred.'],
] as const)('a transfer that %s is told to the model, and the call goes on', async (_what, fault, status, error) => {
  const house = await openHouse({ webhook: { deadlineMs: 2_500 }, simulator: { scenario: wantsAPerson } });
  house.carrier.rest.failNext(fault);
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

const keys = { name: 'keys', turns: [{ when: { response: 1 }, steps: [{ say: 'Hello.' }] }] } satisfies Scenario;

it('keys the caller presses are words to the model', async () => {
  const house = await openHouse({ simulator: { scenario: keys } });
  const call = house.carrier.call();
  await call.until('stream_opened');
  await call.until('quiet');
  call.press('42#');
  const session = await house.simulator.session(0);
  await session.waitFor(({ event }) => JSON.stringify(event).includes('pressed 42#'));
  call.hangUp();
  expect(call.complaints).toEqual([]);
});

it('the answer streams to the address that jambonz knows, with credentials it has room for', async () => {
  const house = await openHouse();
  const call = house.carrier.call();
  const { document } = await call.until('answered');
  await call.until('stream_opened');
  const [listen] = JSON.parse(document) as [{ url: string; wsAuth: { username: string; password: string } }];
  expect(listen.url).toMatch(new RegExp(`^${publicUrl.replace('https', 'wss')}/telephony/jambonz/media/[\\w.-]+$`));
  expect(`${listen.wsAuth.username}:${listen.wsAuth.password}`.length).toBeLessThanOrEqual(90);
  call.hangUp();
});
