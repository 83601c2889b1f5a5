import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scenario } from '../../simulator';
import { type PhoneCall, soundOfWav, soundOfWords } from '../../simulator/carriers';
import { isRecord } from '../../simulator/protocol/json';
import { metricReaches } from '../hostile/support/metrics';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { orgKey } from '../src/support/relay';
import { booked, longStory, preamble } from './support/conversations';
import { upstreamKey } from './support/house';
import { carrierKinds, type CarrierName } from './support/phone-carriers';
import { linesOf, openPhoneHouse, phone, type PhoneHouse } from './support/phone-house';
import { recording } from './support/recording';

const opened = new Closing();
afterEach(() => opened.all());

const voice = soundOfWav(readFileSync(join(__dirname, '../../assets/booking.wav')));
const thanks = 'Thank you, goodbye.';

/** A caller interrupts the greeting to book, and says goodbye. */
const wholeCall = {
  name: 'a whole call',
  heard: [recording.words, thanks],
  turns: [
    { when: { response: 1 }, steps: [{ say: longStory }] },
    { when: { tool: 'create_appointment' }, steps: [{ say: 'Done.' }] },
    { when: { tool: 'end_call' }, steps: [{ say: 'Goodbye.' }] },
    { when: { user: 'goodbye' }, steps: [{ call: { name: 'end_call', arguments: {} } }] },
    {
      when: { user: recording.words },
      steps: [{ say: preamble }, { call: { name: 'create_appointment', arguments: booked } }],
    },
  ],
} satisfies Scenario;

const wantsAPerson = {
  name: 'wants a person',
  heard: ['A person, please.'],
  turns: [
    { when: { response: 1 }, steps: [{ say: 'Hello.' }] },
    { when: { tool: 'escalate_call' }, steps: [{ say_tool_output: true }] },
    { when: { user: 'person' }, steps: [{ say: 'Of course.' }, { call: { name: 'escalate_call', arguments: {} } }] },
  ],
} satisfies Scenario;

/** Of each carrier: what else its line may have, what upstream speaks then, how requests are proven, and whom it dials. */
const kinds = [
  ['plivo', {}, 'audio/pcmu', 'x-plivo-signature-v3'],
  ['plivo', { contentType: 'audio/x-l16;rate=16000' }, 'audio/pcm', 'x-plivo-signature-v3'],
  ['vonage', {}, 'audio/pcm', 'authorization'],
] as const satisfies readonly (readonly [CarrierName, object, string, string])[];

describe.each(kinds)('a phone call by %s %j', (carrier, line, format) => {
  it('is interrupted, books once, and is hung up when the goodbye has been heard', async () => {
    const house = await openPhoneHouse(opened, { carrier, line, simulator: { scenario: wholeCall } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await call.until('stream_opened');
    await call.untilHeard(500);
    await call.say(voice);
    await call.until('quiet', { where: () => house.hook.requests.length === 1 });
    await call.say(soundOfWords(thanks));
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });

    expect(call.complaints).toEqual([]);
    expect(call.remarks).toEqual([]);
    expect(call.history.all('cleared')).toHaveLength(1);
    const uncleared = call.heard.filter(({ cleared }) => !cleared);
    expect(uncleared.filter(({ lengthMs, heardMs }) => heardMs < lengthMs)).toEqual([]);
    expect(house.hook.requests.map(({ body }) => record(JSON.parse(body)))).toMatchObject([
      { tool_name: 'create_appointment', tool_args: booked },
    ]);
    const { received } = await house.simulator.session(0);
    const ofType = (type: string) => received.filter(isRecord).filter((event) => event['type'] === type);
    expect(ofType('conversation.item.truncate')).toHaveLength(1);
    expect(ofType('session.update')).toMatchObject([
      { session: { audio: { input: { format: { type: format } }, output: { format: { type: format } } } } },
    ]);
    expect(linesOf(house, 'Session ended')).toMatchObject([{ cause: 'call_ended', carrier, phoneCallId: call.id }]);
    const asked = `relay_carrier_requests_total{carrier="${carrier}",action="hang_up",outcome="done"}`;
    await metricReaches(house.relay, asked, 1);
    await expectNothingPrivate(house, call, carrier);
  });
});

/** Expects that neither the log nor the metrics tell who called whom, what was said, or with which secrets. */
async function expectNothingPrivate({ log, relay }: PhoneHouse, call: PhoneCall, carrier: CarrierName): Promise<void> {
  const response = await fetch(`${relay.url}/metrics`);
  const told = [...log, await response.text()].join('\n');
  const numbers = [phone.called, phone.caller, phone.colleague].map((number) => number.slice(1));
  // A key in PEM form is looked for line by line.
  const credentials = Object.values(carrierKinds[carrier].credentials).flatMap((value) =>
    String(value).trim().split('\n'),
  );
  const secrets = [...credentials, orgKey, upstreamKey, '/media/'];
  const audio = [0, 1, 2].map((shift) => call.heardAudio.subarray(160 + shift, 220 + shift).toString('base64'));
  const words = [recording.words, longStory, preamble, booked.attendee_email, booked.title];
  expect([...numbers, ...secrets, ...audio, ...words].filter((secret) => told.includes(secret))).toEqual([]);
}

const each = kinds.filter(([, line]) => Object.keys(line).length === 0);

describe.each(each)('at %s', (carrier, _line, _format, proof) => {
  it('a transfer connects the caller with a colleague', async () => {
    const house = await openPhoneHouse(opened, { carrier, simulator: { scenario: wantsAPerson } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await call.until('stream_opened');
    await call.until('quiet');
    await call.say(soundOfWords('A person, please.'));
    const ending = await call.ended;
    expect(ending).toMatchObject({ kind: 'transferred', by: 'api' });
    expect('to' in ending && ending.to.replace('+', '')).toBe(phone.colleague.replace('+', ''));
    expect(call.complaints).toEqual([]);
    expect(call.heard.filter(({ lengthMs, heardMs }) => heardMs < lengthMs)).toEqual([]);
    await metricReaches(house.relay, `relay_calls_ended_total{carrier="${carrier}",cause="client_closed"}`, 1);
    expect(linesOf(house, 'Call transferred')).toMatchObject([{ carrier, phoneCallId: call.id }]);
  });

  it.each([
    ['that nobody signed', { headers: { [proof]: undefined } }, 'wrong_signature'],
    ['with a wrong signature', { headers: { [proof]: 'Bearer AAAA' } }, 'wrong_signature'],
    ['about a number nobody has', { to: '+15559999999' }, 'unknown_number'],
  ])('a webhook %s is refused, and no session is opened', async (_what, options, code) => {
    const house = await openPhoneHouse(opened, { carrier });
    const call = house.carrier.call(options);
    expect(await call.ended).toMatchObject({ kind: 'failed' });
    expect(linesOf(house, 'Webhook of a call refused')).toMatchObject([{ carrier, code, level: 'warn' }]);
    expect(house.relay.sessionCount()).toBe(0);
  });

  it('a webhook for another account is refused', async () => {
    const house = await openPhoneHouse(opened, { carrier, line: carrierKinds[carrier].another });
    const call = house.carrier.call();
    expect(await call.ended).toMatchObject({ kind: 'failed' });
    expect(linesOf(house, 'Webhook of a call refused')).toMatchObject([{ code: 'wrong_signature' }]);
  });

  it('a media socket is let in with its proof, and once', async () => {
    const house = await openPhoneHouse(opened, { carrier });
    const call = house.carrier.call();
    const { document } = await call.until('answered');
    await call.until('stream_opened');
    for (const headers of [{}, { [proof]: undefined }, { [proof]: 'Bearer AAAA' }]) {
      const again = house.carrier.call({ document, headers });
      expect(await again.until('stream_refused')).toMatchObject({ status: 403 });
    }
    expect(linesOf(house, 'Media stream refused').map(({ code }) => code)).toEqual([
      'media_token_used',
      'wrong_signature',
      'wrong_signature',
    ]);
    call.hangUp();
  });

  it('a caller who cannot be served is told so', async () => {
    const house = await openPhoneHouse(opened, { carrier, limits: { sessionsPerOrg: 1 } });
    const first = house.carrier.call();
    await first.until('stream_opened');
    const second = house.carrier.call();
    expect(await second.ended).toEqual({ kind: 'completed', by: 'document' });
    expect((await second.until('answered')).document).toContain('Please call again');
    expect(second.complaints).toEqual([]);
    first.hangUp();
  });
});
