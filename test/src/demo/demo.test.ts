import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from '../../../src/demo/demo';

const folder = mkdtempSync(join(tmpdir(), 'relay-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the demo', () => {
  it('tells a conversation in which one appointment is booked, once', async () => {
    const lines: string[] = [];
    const logFile = join(folder, 'demo.log');
    const demo = await runDemo({ port: 0, logFile, print: (line) => lines.push(line) });
    const webhooks = demo.webhooks;
    await demo.close();

    expect(webhooks).toBe(1);
    const story = lines.join('\n');
    for (const part of [
      /client +sees a session without tools or instructions/,
      /client +sees its own words “I’d like to book an appointment, please\.”/,
      /relay +intercepts the model's call of create_appointment/,
      /webhook +receives .*"tool_name":"create_appointment"/,
      /model +says “Done\. Appointment created/,
      /gives the model the result: duplicate/,
      /model +says “That is already arranged/,
      /relay +ends the session: call_ended/,
      /client +the session has ended; of \d+ events 0 told of a tool/,
    ]) {
      expect(story).toMatch(part);
    }
    expect(readFileSync(logFile, 'utf8').match(/Zapier webhook executed successfully/g)).toHaveLength(1);
    expect(readFileSync(logFile, 'utf8')).not.toContain('anna@example.com');
  });
});
