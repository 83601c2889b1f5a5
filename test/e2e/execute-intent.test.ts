import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { appointmentId } from './support/conversations';
import { type House, openHouse } from './support/house';
import { demoCall, executeIntent, postIntent } from './support/intent-request';
import { tempDir } from './support/temp-dir';

const opened = new Closing();
afterEach(() => opened.all());

/** As in the demo: no key, so that this machine needs none. */
const openKeyless = (variables: Readonly<Record<string, string>> = {}): Promise<House> =>
  openHouse(opened, { variables: { RELAY_API_KEY: '', ...variables } });

const id = appointmentId(demoCall);

const success = (isDuplicate: boolean) =>
  `{"success":true,"message":"Appointment created and confirmation email sent to ${demoCall.attendee_email}",` +
  `"appointment_id":"${id}","email_sent":true,"is_duplicate":${isDuplicate}}`;

describe('200 equal requests at the same time', () => {
  it.each<[string, () => Promise<string>]>([
    ['memory', () => Promise.resolve('memory:')],
    ['sqlite', async () => `sqlite:${join(await tempDir(opened), 'relay.db')}`],
  ])('are one webhook and 200 successes, with the %s store', async (_store, storeUrl) => {
    const { relay, hook } = await openKeyless({ STORE_URL: await storeUrl() });
    const answers = await Promise.all(Array.from({ length: 200 }, () => executeIntent(relay.url, demoCall)));
    expect(hook.requests).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const texts = answers.map(({ text }) => text);
    expect(texts.filter((text) => text === success(false))).toHaveLength(1);
    expect(texts.filter((text) => text === success(true))).toHaveLength(199);
  });
});

describe('the requests of the README, against a relay as the demo starts it', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const [create = '', withoutEmail = ''] = Array.from(
    readme.matchAll(/api\/execute-intent \\\n[^']*'Content-Type: application\/json' \\\n {2}-d '([^']+)'/g),
    ([, body = '']) => body,
  );
  /** The answers it promises, without their line breaks. */
  const promised = Array.from(readme.matchAll(/```json\n(\{\n {2}"success"[^`]+)```/g), ([, text = '']) =>
    JSON.stringify(JSON.parse(text.replace('…', id))),
  );

  it('create an appointment, and it is created once', async () => {
    const { relay, hook } = await openKeyless();
    expect(await postIntent(relay.url, create)).toEqual({ status: 200, text: success(false) });
    expect(await postIntent(relay.url, create)).toEqual({ status: 200, text: success(true) });
    expect(hook.requests.map(({ body }) => body)).toEqual([
      `{"intent_id":"${id}","org_id":"org_demo_001","call_id":"call_001","tool_name":"create_appointment",` +
        `"tool_args":${JSON.stringify(demoCall)}}`,
    ]);
    expect(promised[0]).toBe(success(false));
  });

  it('hear what is missing', async () => {
    const { relay, hook } = await openKeyless();
    const text =
      '{"success":false,"error":"Missing required fields: attendee_email","should_retry":true,' +
      '"clarification":"VALIDATION_FAILED: Cannot create appointment. Missing required fields: attendee_email. ' +
      'Please ask the user to provide the missing or correct information."}';
    expect(await postIntent(relay.url, withoutEmail)).toEqual({ status: 200, text });
    expect(hook.requests).toHaveLength(0);
    expect(promised[1]).toBe(text);
  });

  it('see the counts', async () => {
    const { relay } = await openKeyless();
    await executeIntent(relay.url, demoCall);
    await executeIntent(relay.url, demoCall);
    await executeIntent(relay.url, { ...demoCall, attendee_email: null });
    const response = await fetch(`${relay.url}/api/execute-intent/stats`);
    expect(response.status).toBe(200);
    const { latency_ms: latency, ...counts } = record(await response.json());
    expect(counts).toEqual({
      org_id: 'org_demo_001',
      store: 'memory',
      in_flight: 0,
      calls: 3,
      outcomes: { success: 1, duplicate: 1, invalid: 1 },
      tools: { create_appointment: { success: 1, duplicate: 1, invalid: 1 } },
      duplicates_prevented: 1,
    });
    expect(latency).toMatchObject({ count: 3 });
  });
});
