import { createHmac } from 'node:crypto';
import { loadScenario } from '../../simulator';
import { Closing } from '../pipeline/support/closing';
import { orgKey } from '../src/support/relay';
import { appointmentId, booked, bookingAloud, confirmation, preamble } from './support/conversations';
import { outputsOf, speak, wordsHeard } from './support/exchange';
import { call, openHouse, upstreamKey } from './support/house';
import { recording, spokenTurn } from './support/recording';
import { expectPlainView } from './support/view';

const opened = new Closing();
afterEach(() => opened.all());

describe('an appointment', () => {
  it('is one webhook, byte for byte as promised', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { title, start_time: start, end_time: end, attendee_email: email } = booked;
    const house = await openHouse(opened, {
      simulator: {
        scenario: {
          name: 'arguments in another order',
          turns: [
            { when: { tool: 'create_appointment' }, steps: [{ say_tool_output: true }] },
            {
              steps: [
                {
                  call: {
                    name: 'create_appointment',
                    call_id: 'call_1',
                    arguments: `{ \n "attendee_email": "${email}", "end_time": "${end}",\n "start_time": "${start}", "title": "${title}" }\n`,
                  },
                },
              ],
            },
          ],
        },
      },
      webhook: { signingSecrets: [secret] },
    });
    const client = await call(opened, house);
    await client.ask('Please book it.');

    const id = appointmentId(booked);
    const [request, ...others] = house.hook.requests;
    if (request === undefined) throw new Error('no webhook');
    expect(others).toEqual([]);
    const { method, path, headers, body } = request;
    expect({ method, path }).toEqual({ method: 'POST', path: new URL(house.hook.url).pathname });
    expect(body).toBe(
      `{"intent_id":"${id}","org_id":"org_demo_001","call_id":"call_1","tool_name":"create_appointment",` +
        `"tool_args":{"title":"${title}","start_time":"${start}","end_time":"${end}","attendee_email":"${email}"}}`,
    );
    const timestamp = String(headers['webhook-timestamp']);
    expect(headers).toEqual({
      host: new URL(house.hook.url).host,
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'idempotency-key': `"${id}"`,
      'webhook-id': id,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/) as string,
      'webhook-signature': `v1,${createHmac('sha256', Buffer.alloc(32, 7))
        .update(`${id}.${timestamp}.${body}`)
        .digest('base64')}`,
    });
    expect(outputsOf(await house.simulator.session(0))).toEqual([
      {
        callId: 'call_1',
        output: {
          success: true,
          message: `Appointment created and confirmation email sent to ${email}`,
          appointment_id: id,
          email_sent: true,
          is_duplicate: false,
        },
      },
    ]);
    await expectPlainView(client, house);
  });

  it('without an e-mail address is asked for, and made when the address has been given', async () => {
    const house = await openHouse(opened, { simulator: { scenario: loadScenario('missing-email') } });
    const client = await call(opened, house);
    speak(client, spokenTurn);
    await client.done();
    await client.done();
    expect(house.hook.requests).toHaveLength(0);
    expect(wordsHeard(client).at(-1)).toBe('I still need an e-mail address. Could you tell me?');

    speak(client, spokenTurn);
    await client.done();
    await client.done();
    expect(house.hook.requests).toHaveLength(1);
    expect(wordsHeard(client).at(-1)).toBe(confirmation);
    expect(outputsOf(await house.simulator.session(0)).map(({ output }) => output)).toMatchObject([
      { success: false, error: 'Missing required fields: attendee_email', should_retry: true },
      { success: true, is_duplicate: false },
    ]);
    await expectPlainView(client, house);
  });

  it('asked for again is not made again', async () => {
    const house = await openHouse(opened, { simulator: { scenario: loadScenario('duplicate') } });
    const client = await call(opened, house);
    for (const _turn of [1, 2]) {
      speak(client, spokenTurn);
      await client.done();
      await client.done();
    }
    expect(house.hook.requests).toHaveLength(1);
    expect(wordsHeard(client).at(-1)).toMatch(/^That is already arranged\./);
    const [first, second, ...others] = outputsOf(await house.simulator.session(0));
    expect(first?.callId).not.toBe(second?.callId);
    expect(second?.output).toEqual({ ...first?.output, is_duplicate: true });
    expect(others).toEqual([]);
    await expectPlainView(client, house);
  });

  it('asked for again in another session is not made again', async () => {
    const house = await openHouse(opened, { simulator: { scenario: bookingAloud } });
    for (const words of [confirmation, expect.stringMatching(/^That is already arranged\./) as string]) {
      const client = await call(opened, house);
      await client.ask(recording.words);
      await client.done();
      expect(wordsHeard(client)).toEqual([preamble, words]);
    }
    expect(house.hook.requests).toHaveLength(1);
  });

  it('leaves nothing personal and no secret in the log', async () => {
    const house = await openHouse(opened, { simulator: { scenario: bookingAloud } });
    const client = await call(opened, house);
    await client.ask(recording.words);
    await client.done();
    expect(house.log.some((line) => line.includes('Zapier webhook executed successfully'))).toBe(true);
    const { title, attendee_email: email, start_time: start } = booked;
    const told = [title, email, start, recording.words, preamble, house.hook.url, '/hooks/', orgKey, upstreamKey];
    expect(told.filter((secret) => house.log.join('').includes(secret))).toEqual([]);
  });
});
