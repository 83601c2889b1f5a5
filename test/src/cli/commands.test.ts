import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../../simulator';
import { WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { killCommands, runCommand, startCommand } from '../support/run-cli';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relay-cli-'));
});
afterEach(() => {
  killCommands();
  rmSync(directory, { recursive: true });
});

const settings = {
  OPENAI_API_KEY: 'sk-canary-key',
  RELAY_API_KEY: 'org-canary-0123456789',
  ZAPIER_WEBHOOK_URL: 'https://hooks.zapier.com/hooks/catch/1/canary/',
  RELAY_TOKEN_SECRET: 'a secret with canary and enough characters',
};

describe('check', () => {
  it('shows what the settings amount to, without secrets', async () => {
    const { code, stdout } = await runCommand(['check'], directory, settings);
    expect(code).toBe(0);
    expect(stdout).toContain('The settings are right.');
    expect(stdout).toMatch(/webhook +hooks\.zapier\.com, 8000 ms/);
    expect(stdout).not.toContain('canary');
  });

  it('says everything that is wrong and ends with 2', async () => {
    writeFileSync(join(directory, 'relay.config.json'), '{"limits":{"idelMs":1}}');
    const { code, stdout, stderr } = await runCommand(['check'], directory, { PORT: 'x' });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      [
        '3 settings are wrong:',
        '  PORT: must be a whole number from 0 to 65535',
        '  OPENAI_API_KEY: is required: the key the relay opens upstream sessions with',
        '  relay.config.json: limits: has an unknown setting "idelMs" (did you mean "idleMs"?)',
        '',
      ].join('\n'),
    );
  });

  it('asks upstream where it is told to', async () => {
    const simulator = await startSimulator({ apiKeys: ['sk-right'] });
    const variables = { ...settings, OPENAI_REALTIME_URL: simulator.url };
    const right = await runCommand(['check', '--live'], directory, { ...variables, OPENAI_API_KEY: 'sk-right' });
    expect(right.stdout).toContain('Upstream, org org_demo_001: the key, the model and the session settings are taken');
    expect(right.code).toBe(0);
    const wrong = await runCommand(['check', '--live'], directory, variables);
    expect(wrong.stdout).toContain('Upstream, org org_demo_001: it does not take OPENAI_API_KEY (HTTP 401)');
    expect(wrong.code).toBe(2);
    await simulator.close();
  });
});

describe('serve', () => {
  it('serves, mints tokens, logs to a file, and stops with 0', async () => {
    const hook = await WebhookCatcher.start();
    const variables = { ...settings, ZAPIER_WEBHOOK_URL: hook.url, PORT: '0', LOG_FILE: 'logs/relay.log' };
    const relay = startCommand(['serve'], directory, variables);
    await relay.prints('Relay is listening');
    const { address } = JSON.parse(relay.output.stdout.trim().split('\n').at(-1) ?? '') as { address: string };

    const token = await runCommand(['token', '--url', address, '--seconds', '60'], directory, settings);
    expect(token.stdout).toMatch(/^ek_\S+\n$/);
    const headers = { authorization: `Bearer ${settings.RELAY_API_KEY}`, 'content-type': 'application/json' };
    const args = {
      title: 'A',
      start_time: '2024-12-20T15:00:00Z',
      end_time: '2024-12-20T16:00:00Z',
      attendee_email: 'canary@example.com',
    };
    const body = JSON.stringify({ org_id: 'org_demo_001', tool_name: 'create_appointment', tool_args: args });
    const booked = await fetch(`${address}/api/execute-intent`, { method: 'POST', headers, body });
    expect(await booked.json()).toMatchObject({ success: true });

    relay.child.kill('SIGTERM');
    expect(await relay.exited).toBe(0);
    await hook.close();
    const file = readFileSync(join(directory, 'logs/relay.log'), 'utf8');
    for (const log of [file, relay.output.stdout]) {
      expect(log).toContain('Zapier webhook executed successfully');
      expect(log).toContain('Relay has stopped');
      expect(log).not.toMatch(/canary|hooks\/catch/);
    }
  });

  it('stops at once at a second signal', async () => {
    const hook = await WebhookCatcher.start(() => undefined);
    const relay = startCommand(['serve'], directory, {
      ...settings,
      ZAPIER_WEBHOOK_URL: hook.url,
      PORT: '0',
      STORE_URL: 'memory:',
    });
    await relay.prints('Relay is listening');
    const { address } = JSON.parse(relay.output.stdout.trim().split('\n').at(-1) ?? '') as { address: string };
    const args = {
      title: 'A',
      start_time: '2024-12-20T15:00:00Z',
      end_time: '2024-12-20T16:00:00Z',
      attendee_email: 'a@b.example',
    };
    const lost = fetch(`${address}/api/execute-intent`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings.RELAY_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ org_id: 'org_demo_001', tool_name: 'create_appointment', tool_args: args }),
    }).catch(() => 'lost');
    await hook.caught(1);
    relay.child.kill('SIGINT');
    await relay.prints('Relay is stopping');
    relay.child.kill('SIGINT');
    expect(await relay.exited).toBe(1);
    expect(await lost).toBe('lost');
    await hook.close();
  });

  it('ends with 2 where a setting is wrong, and with 1 where its port is taken', async () => {
    expect(await runCommand(['serve'], directory)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('OPENAI_API_KEY') as string,
    });
    const taken = await WebhookCatcher.start();
    const { code, stderr } = await runCommand(['serve'], directory, {
      ...settings,
      PORT: String(taken.port),
      STORE_URL: 'memory:',
    });
    expect([code, stderr]).toEqual([1, `PORT: ${taken.port} on 127.0.0.1 is taken by another program.\n`]);
    await taken.close();
  });
});

describe('token', () => {
  it('signs one by itself with the shared secret', async () => {
    expect(await runCommand(['token', '--direct'], directory, settings)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ek_\S+\n$/) as string,
    });
    const { code, stderr } = await runCommand(['token', '--direct', '--org', 'x'], directory, settings);
    expect([code, stderr]).toEqual([1, '--org: must be one of org_demo_001.\n']);
  });

  it('says so where no relay answers', async () => {
    const { code, stderr } = await runCommand(['token', '--url', 'http://127.0.0.1:9'], directory, settings);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No relay answers at http:\/\/127\.0\.0\.1:9/);
  });
});

it('ends with 2 and shows help where a command is used wrongly', async () => {
  const { code, stderr } = await runCommand(['token', '--seconds', '5'], directory);
  expect(code).toBe(2);
  expect(stderr).toContain('It must be a whole number from 10 to 7200.');
  expect((await runCommand(['--help'], directory)).code).toBe(0);
});
