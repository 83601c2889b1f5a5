import { soundOfWav, soundOfWords } from '../../simulator/carriers';
import { type Scenario } from '../../simulator';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { booked, preamble } from './support/conversations';
import { linesOf, openPhoneHouse, phone } from './support/phone-house';
import { recording } from './support/recording';

const opened = new Closing();
afterEach(() => opened.all());

const voice = soundOfWav(readFileSync(join(__dirname, '../../assets/booking.wav')));
const greeting = 'Hello, how can I help?';
const goodbye = 'Goodbye.';

/** A caller books, and says goodbye. */
const wholeCall = {
  name: 'a whole call',
  heard: [recording.words, 'Thank you, goodbye.'],
  turns: [
    { when: { response: 1 }, steps: [{ say: greeting }] },
    { when: { tool: 'create_appointment' }, steps: [{ say: 'Done.' }] },
    { when: { tool: 'end_call' }, steps: [{ say: goodbye }] },
    { when: { user: 'goodbye' }, steps: [{ call: { name: 'end_call', arguments: {} } }] },
    {
      when: { user: recording.words },
      steps: [{ say: preamble }, { call: { name: 'create_appointment', arguments: booked } }],
    },
  ],
} satisfies Scenario;

describe('a phone call by Twilio', () => {
  it('books an appointment once and is hung up when the goodbye has been heard', async () => {
    const house = await openPhoneHouse(opened, { simulator: { scenario: wholeCall } });
    const call = house.carrier.call({ from: phone.caller, to: phone.called });
    await call.until('stream_opened');
    await call.until('quiet');
    await call.say(voice);
    const { index } = await call.until('quiet', { where: () => house.hook.requests.length === 1 });
    await call.say(soundOfWords('Thank you, goodbye.'));
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });

    expect(call.complaints).toEqual([]);
    expect(call.remarks).toEqual([]);
    expect(house.hook.requests.map(({ body }) => record(JSON.parse(body)))).toMatchObject([
      { tool_name: 'create_appointment', tool_args: booked },
    ]);
    const last = call.heard.at(-1);
    expect(last).toMatchObject({ cleared: false });
    expect(last?.heardMs).toBeGreaterThan(0);
    expect(linesOf(house, 'Session ended')).toMatchObject([{ cause: 'call_ended', carrier: 'twilio' }]);
    expect(index).toBeGreaterThan(0);
  });
});
