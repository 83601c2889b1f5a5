import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scenario } from '../../../simulator';
import { type PhoneCall, soundOfWav, soundOfWords } from '../../../simulator/carriers';
import { isRecord } from '../../../simulator/protocol/json';
import { metricReaches } from '../../hostile/support/metrics';
import { record } from '../../simulator/support/client';
import { orgKey } from '../../src/support/relay';
import { booked, longStory, preamble } from './conversations';
import { upstreamKey } from './house';
import { phone, secretsOfCarriers } from './phone-carriers';
import { linesOf, type NumberedHouse } from './phone-house';
import { recording } from './recording';

const voice = soundOfWav(readFileSync(join(__dirname, '../../../assets/booking.wav')));
const thanks = 'Thank you, goodbye.';
const aPersonPlease = 'A person, please.';

/** A caller interrupts the greeting to book, and says goodbye. */
export const wholeCall = {
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

/** A caller wants a person. */
export const wantsAPerson = {
  name: 'wants a person',
  heard: [aPersonPlease],
  turns: [
    { when: { response: 1 }, steps: [{ say: 'Hello.' }] },
    { when: { tool: 'escalate_call' }, steps: [{ say_tool_output: true }] },
    { when: { user: 'person' }, steps: [{ say: 'Of course.' }, { call: { name: 'escalate_call', arguments: {} } }] },
  ],
} satisfies Scenario;

/** How the end of a call comes about: by the carrier's HTTP interface, or by closing its stream. */
export type EndedBy = 'api' | 'closing';

/** Plays the caller of `wholeCall`, and expects that all went as it should. @param format what upstream has to speak. */
export async function playWholeCall(
  house: NumberedHouse,
  carrier: string,
  call: PhoneCall,
  format: string,
  endedBy: EndedBy = 'api',
) {
  await call.until('stream_opened');
  await call.untilHeard(500);
  await call.say(voice);
  await call.until('quiet', { where: () => house.hook.requests.length === 1 });
  await call.say(soundOfWords(thanks));
  expect(await call.ended).toEqual({ kind: 'completed', by: endedBy === 'api' ? 'api' : 'relay' });

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
  if (endedBy === 'api') await metricReaches(house.relay, asked, 1);
  await expectNothingPrivate(house, call);
}

/** Plays the caller of `wantsAPerson`, and expects that a colleague is there in the end. */
export async function playTransfer(house: NumberedHouse, carrier: string, call: PhoneCall, endedBy: EndedBy = 'api') {
  await call.until('stream_opened');
  await call.until('quiet');
  await call.say(soundOfWords(aPersonPlease));
  const ending = await call.ended;
  expect(ending).toMatchObject({ kind: 'transferred', by: endedBy === 'api' ? 'api' : 'document' });
  expect('to' in ending && ending.to.replace('+', '')).toBe(phone.colleague.replace('+', ''));
  expect(call.complaints).toEqual([]);
  expect(call.heard.filter(({ lengthMs, heardMs }) => heardMs < lengthMs)).toEqual([]);
  const cause = endedBy === 'api' ? 'client_closed' : 'call_ended';
  await metricReaches(house.relay, `relay_calls_ended_total{carrier="${carrier}",cause="${cause}"}`, 1);
  expect(linesOf(house, 'Call transferred')).toMatchObject([{ carrier, phoneCallId: call.id }]);
}

/** Expects that neither the log nor the metrics tell who called whom, what was said, or with which secrets. */
async function expectNothingPrivate({ log, relay }: NumberedHouse, call: PhoneCall): Promise<void> {
  const response = await fetch(`${relay.url}/metrics`);
  const told = [...log, await response.text()].join('\n');
  const numbers = [phone.called, phone.caller, phone.colleague].map((number) => number.slice(1));
  const secrets = [...secretsOfCarriers, orgKey, upstreamKey, '/media/'];
  const audio = [0, 1, 2].map((shift) => call.heardAudio.subarray(160 + shift, 220 + shift).toString('base64'));
  const words = [recording.words, longStory, preamble, booked.attendee_email, booked.title];
  expect([...numbers, ...secrets, ...audio, ...words].filter((secret) => told.includes(secret))).toEqual([]);
}
