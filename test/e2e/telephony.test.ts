import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Scenario, type SocketSession } from '../../simulator';
import { type DocumentCall, soundOfWav, soundOfWords } from '../../simulator/carriers';
import { isRecord } from '../../simulator/protocol/json';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { metricReaches } from '../hostile/support/metrics';
import { orgKey } from '../src/support/relay';
import { booked, longStory, preamble } from './support/conversations';
import { outputsOf } from './support/exchange';
import { upstreamKey } from './support/house';
import { linesOf, openPhoneHouse, phone, type PhoneHouse } from './support/phone-house';
import { recording } from './support/recording';

const opened = new Closing();
afterEach(() => opened.all());

const voice = soundOfWav(readFileSync(join(__dirname, '../../assets/booking.wav')));
/** At the telephone's rate already: to find it would hold up everybody in this process. */
const interruption = { samples: voice.samples.filter((_sample, index) => index % 3 === 0), sampleRate: 8000 };
const greeting = 'Hello, how can I help?';
const goodbye = 'Goodbye.';

/** Calls a house; resolves when the caller has been greeted. */
async function greeted({ carrier }: PhoneHouse) {
  const call = carrier.call({ from: phone.caller, to: phone.called });
  await call.until('stream_opened');
  const { index } = await call.until('quiet');
  return { call, index };
}

const greets = { when: { response: 1 }, steps: [{ say: greeting }] };

/** A caller books, and says goodbye. */
const wholeCall = {
  name: 'a whole call',
  heard: [recording.words, 'Thank you, goodbye.'],
  turns: [
    greets,
    { when: { tool: 'create_appointment' }, steps: [{ say: 'Done.' }] },
    { when: { tool: 'end_call' }, steps: [{ say: goodbye }] },
    { when: { user: 'goodbye' }, steps: [{ call: { name: 'end_call', arguments: {} } }] },
    {
      when: { user: recording.words },
      steps: [{ say: preamble }, { call: { name: 'create_appointment', arguments: booked } }],
    },
  ],
} satisfies Scenario;

describe.each([
  ['Twilio', { carrier: 'twilio' }, 'audio/pcmu'],
  ['SignalWire at 24 kHz', { carrier: 'signalwire', line: { codec: 'L16@24000h' } }, 'audio/pcm'],
] as const)('a phone call by %s', (_carrier, parts, format) => {
  it('books an appointment once and is hung up when the goodbye has been heard', async () => {
    const house = await openPhoneHouse(opened, { ...parts, simulator: { scenario: wholeCall } });
    const { call } = await greeted(house);
    await call.say(voice);
    await call.until('quiet', { where: () => house.hook.requests.length === 1 });
    await call.say(soundOfWords('Thank you, goodbye.'));
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });

    expect(call.complaints).toEqual([]);
    expect(call.remarks).toEqual([]);
    expect(call.heard.filter(({ lengthMs, heardMs }) => heardMs < lengthMs)).toEqual([]);
    expect(call.history.all('mark_returned').map(({ name }) => name)).toEqual(
      call.history.all('mark').map(({ name }) => name),
    );
    expect(house.hook.requests.map(({ body }) => record(JSON.parse(body)))).toMatchObject([
      { tool_name: 'create_appointment', tool_args: booked },
    ]);
    expect(formatsOf(await house.simulator.session(0))).toEqual([format, format]);
    const { carrier } = parts;
    expect(linesOf(house, 'Session ended')).toMatchObject([{ cause: 'call_ended', carrier, phoneCallId: call.id }]);
    await metricReaches(house.relay, `relay_calls_started_total{carrier="${carrier}"}`, 1);
    await metricReaches(house.relay, `relay_calls_ended_total{carrier="${carrier}",cause="call_ended"}`, 1);
    const asked = `relay_carrier_requests_total{carrier="${carrier}",action="hang_up",outcome="done"}`;
    await metricReaches(house.relay, asked, 1);
    await expectNothingPrivate(house, call);
  });
});

/** Expects that neither the log nor the metrics tell who called whom, what was said, or with which secrets. */
async function expectNothingPrivate({ log, relay }: PhoneHouse, call: DocumentCall): Promise<void> {
  const response = await fetch(`${relay.url}/metrics`);
  const told = [...log, await response.text()].join('\n');
  const [answered] = call.history.all('answered');
  const token = /media\/([\w.-]+)/.exec(answered?.document ?? '')?.[1] ?? '';
  expect(token).not.toBe('');
  const numbers = [phone.called, phone.caller, phone.colleague].map((number) => number.slice(1));
  const secrets = [token, phone.authToken, phone.signingKey, phone.apiToken, orgKey, upstreamKey];
  const audio = [0, 1, 2].map((shift) => call.heardAudio.subarray(160 + shift, 220 + shift).toString('base64'));
  const words = [recording.words, preamble, goodbye, greeting, booked.attendee_email, booked.title];
  expect([...numbers, ...secrets, ...audio, ...words].filter((secret) => told.includes(secret))).toEqual([]);
}

/** What input and output of a session were configured to be. */
function formatsOf(session: SocketSession): unknown[] {
  const update = record(session.received.find((event) => isRecord(event) && event['type'] === 'session.update'));
  const { input, output } = record(record(update['session'])['audio']);
  return [input, output].map((side) => record(record(side)['format'])['type']);
}

describe('a caller who interrupts', () => {
  it('has heard what the model is told was heard', async () => {
    const scenario: Scenario = {
      name: 'interrupted',
      heard: [recording.words],
      turns: [{ when: { response: 1 }, steps: [{ say: longStory }] }, { steps: [{ say: goodbye }] }],
    };
    const house = await openPhoneHouse(opened, { simulator: { scenario } });
    const call = house.carrier.call({ network: { jitterMs: 20 } });
    // Everybody is in this one process: when it is held up, all of them are, and nobody's reckoning is wrong.
    const heldUp = monitorEventLoopDelay({ resolution: 5 });
    heldUp.enable();
    await call.until('stream_opened');
    await call.untilHeard(1_000);
    void call.say(interruption);
    await call.until('cleared');
    const heardMs = call.heard.reduce((sum, span) => sum + (span.cleared ? 0 : span.heardMs), 0);
    const cutMs = call.heard.filter(({ cleared }) => cleared).reduce((sum, span) => sum + span.heardMs, 0);
    const session = await house.simulator.session(0);
    const isTruncate = (event: unknown) => isRecord(event) && event['type'] === 'conversation.item.truncate';
    await session.waitFor(({ event }) => isTruncate(event));
    const truncated = record(session.received.find(isTruncate))['audio_end_ms'];
    expect(Math.abs(Number(truncated) - heardMs - cutMs)).toBeLessThanOrEqual(60 + heldUp.max / 1e6);
    heldUp.disable();
    call.hangUp();
    expect(call.complaints).toEqual([]);
  });
});

it('a caller may interrupt an answer of minutes, of which the carrier then gives every mark back at once', async () => {
  const answer = Array.from({ length: 25 }, () => longStory).join(' ');
  const scenario: Scenario = {
    name: 'minutes',
    heard: [recording.words],
    turns: [{ when: { response: 1 }, steps: [{ say: answer }] }, { steps: [{ say: goodbye }] }],
  };
  const house = await openPhoneHouse(opened, { simulator: { scenario, pace: 'instant' } });
  const call = house.carrier.call();
  await call.until('stream_opened');
  await call.untilHeard(500);
  const { index } = await call.until('mark', { where: () => call.history.all('mark').length > 500 });
  void call.say(interruption);
  await call.until('cleared', { after: index });
  await call.until('playing', { after: call.history.lastIndex });
  expect(call.ending).toBeUndefined();
  expect(call.complaints).toEqual([]);
  call.hangUp();
});

/** A caller who wants a person, whom the model then tells what came of it. */
const wantsAPerson = {
  name: 'wants a person',
  heard: ['I would like to talk to a person, please.'],
  turns: [
    greets,
    { when: { tool: 'escalate_call' }, steps: [{ say_tool_output: true }] },
    {
      when: { user: 'person' },
      steps: [{ say: 'Of course.' }, { call: { name: 'escalate_call', arguments: {} } }],
    },
  ],
} satisfies Scenario;

describe('a transfer', () => {
  it.each(['twilio', 'signalwire'] as const)('by %s connects the caller with a colleague', async (carrier) => {
    const house = await openPhoneHouse(opened, { carrier, simulator: { scenario: wantsAPerson } });
    const { call } = await greeted(house);
    await call.say(soundOfWords('I would like to talk to a person, please.'));
    expect(await call.ended).toEqual({ kind: 'transferred', to: phone.colleague, by: 'api' });
    expect(call.complaints).toEqual([]);
    expect(call.heard.filter(({ lengthMs, heardMs }) => heardMs < lengthMs)).toEqual([]);
    await metricReaches(house.relay, `relay_calls_ended_total{carrier="${carrier}",cause="client_closed"}`, 1);
    expect(linesOf(house, 'Call transferred')).toMatchObject([{ carrier, phoneCallId: call.id }]);
    expect(house.carrier.rest.requests).toHaveLength(1);
    expect(formatsOf(await house.simulator.session(0))).toEqual(['audio/pcmu', 'audio/pcmu']);
  });

  it.each([
    ['the carrier refuses', {}, { status: 401 }, 'not_sent', 'The call could not be transferred.'],
    ['the carrier does not answer', {}, 'hang', 'unknown', 'It is not known whether the call was transferred.'],
    [
      'nobody is there for',
      { transferTo: undefined },
      'drop',
      'not_configured',
      'There is nobody this call could be transferred to.',
    ],
  ] as const)('that %s is told to the model, and the call goes on', async (_what, line, fault, status, error) => {
    const webhook = { deadlineMs: 2_500 };
    const house = await openPhoneHouse(opened, { line, webhook, simulator: { scenario: wantsAPerson } });
    house.carrier.rest.failNext(fault);
    const { call } = await greeted(house);
    await call.say(soundOfWords('I would like to talk to a person, please.'));
    const session = await house.simulator.session(0);
    await session.waitFor(() => outputsOf(session).length > 0);
    expect(outputsOf(session)).toMatchObject([{ output: { success: false, status, error } }]);
    await call.untilHeard(call.heardMs + 500);
    call.hangUp();
    expect(call.complaints).toEqual([]);
  });
});

it('a goodbye ends the call also when the carrier’s interface does not work', async () => {
  const house = await openPhoneHouse(opened, { simulator: { scenario: { ...wholeCall, heard: ['Goodbye.'] } } });
  house.carrier.rest.failNext('hang');
  const { call } = await greeted(house);
  await call.say(soundOfWords('Goodbye.'));
  expect(await call.ended).toEqual({ kind: 'completed', by: 'document' });
  expect(call.heard.filter(({ lengthMs, heardMs }) => heardMs < lengthMs)).toEqual([]);
  expect(linesOf(house, 'Call is hung up by closing its stream')).toMatchObject([{ phoneCallId: call.id }]);
});

it('keys the caller presses are words to the model', async () => {
  const house = await openPhoneHouse(opened, { simulator: { scenario: { name: 'keys', turns: [greets] } } });
  const { call } = await greeted(house);
  call.press('42#');
  const session = await house.simulator.session(0);
  await session.waitFor(({ event }) => JSON.stringify(event).includes('42#'));
  call.hangUp();
  expect(await call.ended).toEqual({ kind: 'completed', by: 'caller' });
});

it('a relay that stops ends the calls that are on', async () => {
  const house = await openPhoneHouse(opened, { simulator: { scenario: wholeCall } });
  const { call } = await greeted(house);
  await house.relay.stop();
  expect(await call.ended).toMatchObject({ kind: 'completed' });
  expect(linesOf(house, 'Session ended')).toMatchObject([{ cause: 'draining' }]);
});
