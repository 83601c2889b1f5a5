import { setTimeout as sleep } from 'node:timers/promises';
import { loadScenario } from '../../simulator';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { heardMs, speak, wordsHeard } from './support/exchange';
import { call, openHouse } from './support/house';
import { spokenTurn } from './support/recording';
import { expectPlainView } from './support/view';

const opened = new Closing();
afterEach(() => opened.all());

describe('tools other than for appointments', () => {
  it('hand the caller over, of which the webhook hears if it wants to', async () => {
    const house = await openHouse(opened, {
      simulator: { scenario: loadScenario('escalation') },
      webhook: { events: ['escalate_call'] },
    });
    const client = await call(opened, house);
    speak(client, spokenTurn);
    await client.done();
    await client.done();
    expect(wordsHeard(client)).toEqual([
      'Of course, I will find someone for you.',
      'Done. The call is being handed over to a human colleague.',
    ]);
    expect(house.hook.requests.map(({ body }) => record(JSON.parse(body)))).toMatchObject([
      { tool_name: 'escalate_call', tool_args: { reason: 'The caller asked for a person.' } },
    ]);
    await expectPlainView(client, house);
  });

  it('hand the caller over without a webhook', async () => {
    const house = await openHouse(opened, { simulator: { scenario: loadScenario('escalation') } });
    const client = await call(opened, house);
    speak(client, spokenTurn);
    await client.done();
    await client.done();
    expect(wordsHeard(client).at(-1)).toBe('Done. The call is being handed over to a human colleague.');
    expect(house.hook.requests).toEqual([]);
  });

  it('end the call, but not before the goodbye has been heard', async () => {
    const house = await openHouse(opened, { simulator: { scenario: loadScenario('goodbye') } });
    const client = await call(opened, house);
    speak(client, spokenTurn);
    await client.done();
    expect(wordsHeard(client)).toEqual(['Thank you for calling. Goodbye.']);
    // All of it has been sent, and none of it can have been played yet: the session is still there.
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    expect(await client.closed).toEqual({ code: 1000, reason: 'call_ended' });
    await expectPlainView(client, house);
  });

  it('do not end the call of somebody who has one more thing to say', async () => {
    const house = await openHouse(opened, { simulator: { scenario: loadScenario('goodbye') } });
    const client = await call(opened, house);
    speak(client, spokenTurn);
    await client.done();
    const goodbyeMs = heardMs(client);
    (await house.simulator.session(0)).hear('One more thing.');
    speak(client, spokenTurn);
    await client.next('input_audio_buffer.speech_started');
    expect(await client.done()).toMatchObject({ status: 'completed' });
    // That nothing happens has no event: the goodbye would be over by now.
    await sleep(goodbyeMs);
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    expect(client.socket.readyState).toBe(client.socket.OPEN);

    client.say('That was all, goodbye.');
    client.send({ type: 'response.create' });
    await client.done();
    expect(await client.closed).toEqual({ code: 1000, reason: 'call_ended' });
    expect(wordsHeard(client)).toHaveLength(3);
    await expectPlainView(client, house);
  });
});
