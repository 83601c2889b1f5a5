import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../../simulator';
import { telephonySchema } from '../../../src/config/telephony';
import { runDemo } from '../../../src/demo/demo';
import { phoneLineNames, phoneLines } from '../../../src/demo/phone-lines';
import { Closing } from '../../pipeline/support/closing';
import { configWith, startTestRelay, stopRelays, withLimits } from '../support/relay';

const opened = new Closing();
afterEach(async () => {
  await stopRelays();
  await opened.all();
});

const folder = mkdtempSync(join(tmpdir(), 'relay-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the demo by telephone tells of a call in which one appointment is booked, as long as it takes to speak', async () => {
  const lines: string[] = [];
  const logFile = join(folder, 'demo.log');
  const demo = await runDemo({ port: 0, logFile, phone: 'twilio', print: (line) => lines.push(line) });
  const webhooks = demo.webhooks;
  await demo.close();

  expect(webhooks).toBe(1);
  const story = lines.join('\n');
  for (const part of [
    /carrier +has asked what to do with the call/,
    /carrier +streams the call to the relay/,
    /model +says “Hello\./,
    /carrier +throws away [1-9]/,
    /webhook +receives .*"tool_name":"create_appointment"/,
    /model +says “Done\. Appointment created/,
    /carrier +the call is completed by the api/,
    /relay +ends the session: call_ended/,
  ]) {
    expect(story).toMatch(part);
  }
  expect(story).not.toMatch(/complains/);
  const log = readFileSync(logFile, 'utf8');
  for (const secret of ['anna@example.com', '15550002222', 'the-auth-token']) expect(log).not.toContain(secret);
}, 120_000);

it.each(phoneLineNames)('the demo has a line at %s by which a caller hears the model', async (name) => {
  const simulator = opened.add(await startSimulator(), (each) => each.close());
  const place = { publicUrl: 'https://relay.example.com', address: '' };
  const { carrier, credentials } = opened.add(await phoneLines[name](place), (each) => each.carrier.close());
  const config = configWith({ OPENAI_REALTIME_URL: simulator.url, PUBLIC_URL: place.publicUrl });
  const settings = { ...credentials, numbers: ['+15550002222'], apiBaseUrl: carrier.apiUrl };
  const telephony = telephonySchema.parse({ [name]: settings });
  const orgs = config.orgs.map((org) => ({ ...org, telephony }));
  const relay = await startTestRelay(withLimits({ ...config, orgs }, { drainMs: 0 }));
  place.address = relay.url;
  const call = carrier.call({ to: '+15550002222' });
  await call.until('playing');
  expect(call.complaints).toEqual([]);
  call.hangUp();
});
