import { Closing } from '../pipeline/support/closing';
import { hang } from '../pipeline/support/webhook-catcher';
import { record } from '../simulator/support/client';
import { appointmentId, booked, confirmation, preamble } from './support/conversations';
import { createsOf, outputsOf, speak, wordsHeard } from './support/exchange';
import { call, openHouse } from './support/house';
import { spokenTurn, turnInTwo } from './support/recording';
import { expectPlainView } from './support/view';

const opened = new Closing();
afterEach(() => opened.all());

const later = { ...booked, start_time: '2024-12-21T10:00:00Z', end_time: '2024-12-21T10:30:00Z' };

const createAppointment = (args: typeof booked, more: object = {}) => ({
  name: 'create_appointment',
  arguments: args,
  ...more,
});

describe('calls of the model', () => {
  it.each(['interleaved', 'sequential'] as const)('may be two at once (%s)', async (order) => {
    const house = await openHouse(opened, {
      simulator: {
        scenario: {
          name: 'two at once',
          turns: [
            { when: { tool: 'create_appointment' }, steps: [{ say_tool_output: true }] },
            { order, steps: [{ calls: [createAppointment(booked), createAppointment(later)] }] },
          ],
        },
      },
    });
    const client = await call(opened, house);
    await client.ask('Please book both.');

    const ids = house.hook.requests.map(({ body }) => record(JSON.parse(body))['intent_id']);
    expect(ids.sort()).toEqual([appointmentId(booked), appointmentId(later)].sort());
    // The response that only called tools is not shown, and there is one answer for both.
    expect(client.all('response.created')).toHaveLength(1);
    expect(wordsHeard(client)).toEqual([`${confirmation} ${confirmation}`]);
    const session = await house.simulator.session(0);
    expect(outputsOf(session)).toHaveLength(2);
    expect(createsOf(session)).toBe(2);
    await expectPlainView(client, house);
  });

  it.each(['interleaved', 'sequential'] as const)('may come between any words (%s)', async (order) => {
    const house = await openHouse(opened, {
      simulator: {
        scenario: {
          name: 'calls between words',
          turns: [
            {
              order,
              steps: [
                { call: createAppointment(booked) },
                { say: 'That is the first.' },
                { call: createAppointment(later) },
                { say: 'And that is the second.' },
              ],
            },
            { steps: [{ say: 'Both are booked.' }] },
          ],
        },
      },
    });
    const client = await call(opened, house);
    expect(await client.ask('Please book both.')).toMatchObject({
      output: [{ role: 'assistant' }, { role: 'assistant' }],
    });
    await client.done();
    expect(wordsHeard(client)).toEqual(['That is the first.', 'And that is the second.', 'Both are booked.']);
    expect(client.all('response.output_item.added').map(({ json }) => json['output_index'])).toEqual([0, 1, 0]);
    expect(house.hook.requests).toHaveLength(2);
    await expectPlainView(client, house);
  });

  it('hold nobody up: the caller is heard and answered while the webhook hangs, and told of it in the end', async () => {
    const house = await openHouse(opened, {
      answers: [hang],
      webhook: { deadlineMs: 3_000 },
      simulator: {
        scenario: {
          name: 'a webhook that hangs',
          heard: ['Are you still there?'],
          turns: [
            { when: { tool: 'create_appointment' }, steps: [{ say_tool_output: true }] },
            { when: { user: 'still there' }, steps: [{ say: 'Yes, I am still waiting.' }] },
            { steps: [{ say: preamble }, { call: createAppointment(booked) }] },
          ],
        },
      },
    });
    const client = await call(opened, house);
    await client.ask('Please book it.');
    await house.hook.caught(1);
    speak(client, turnInTwo[0]);
    await client.next('input_audio_buffer.speech_started');
    speak(client, turnInTwo[1]);
    await client.done();
    expect(wordsHeard(client)).toEqual([preamble, 'Yes, I am still waiting.']);
    const session = await house.simulator.session(0);
    expect(outputsOf(session)).toEqual([]);

    await client.done();
    expect(wordsHeard(client).at(-1)).toContain('It may have been done, so do not try it again.');
    expect(outputsOf(session).map(({ output }) => output)).toMatchObject([
      { success: false, status: 'unknown', should_retry: false, appointment_id: appointmentId(booked) },
    ]);
    expect(house.hook.requests).toHaveLength(1);
    await expectPlainView(client, house);
  });

  it('are not run where tokens ran out, even if their arguments are whole', async () => {
    const house = await openHouse(opened, {
      simulator: {
        scenario: {
          name: 'out of tokens',
          turns: [
            { when: { tool: 'create_appointment' }, steps: [{ say_tool_output: true }] },
            { steps: [{ call: createAppointment(booked, { cut_off: { after: 10_000, by: 'max_output_tokens' } }) }] },
            { steps: [{ call: createAppointment(later, { call_id: 'call_2' }) }] },
          ],
        },
      },
    });
    const client = await call(opened, house);
    expect(await client.ask('Please book it.')).toMatchObject({ status: 'incomplete', output: [] });
    await client.ask('Please try tomorrow.');
    expect(house.hook.requests.map(({ body }) => record(JSON.parse(body))['call_id'])).toEqual(['call_2']);
    expect(outputsOf(await house.simulator.session(0)).map(({ callId }) => callId)).toEqual(['call_2']);
    await expectPlainView(client, house);
  });

  it('are not run where the caller interrupted, even if their arguments are whole', async () => {
    const house = await openHouse(opened, {
      simulator: {
        scenario: {
          name: 'interrupted',
          heard: ['No, wait.'],
          turns: [
            { when: { user: 'wait' }, steps: [{ say: 'I have not booked it.' }] },
            { steps: [{ call: createAppointment(booked, { cut_off: { after: 10_000, by: 'interruption' } }) }] },
          ],
        },
      },
    });
    const client = await call(opened, house);
    const session = await house.simulator.session(0);
    client.say('Please book it.');
    client.send({ type: 'response.create' });
    await session.waitFor('response.function_call_arguments.delta');
    speak(client, spokenTurn);
    expect(await client.done()).toMatchObject({ status: 'cancelled', output: [] });
    await client.done();
    expect(wordsHeard(client)).toEqual(['I have not booked it.']);
    expect(session.sent).toContainEqual(expect.objectContaining({ type: 'response.function_call_arguments.done' }));
    expect(house.hook.requests).toEqual([]);
    expect(outputsOf(session)).toEqual([]);
    await expectPlainView(client, house);
  });
});
