import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from '../../../src/demo/demo';

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
