import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importEventLog } from '../../replay/import/event-log';
import { recordingText } from '../../replay/import/imported';
import { freePort } from '../../scripts/redis-server';
import { startSimulator } from '../../simulator';
import { carrierNames } from '../../src/cli/replay/carrier/names';
import { telnyxTestKey } from '../../src/cli/replay/carrier/start-carrier';
import { Closing } from '../pipeline/support/closing';
import { killCommands, runCommand, startCommand } from '../src/support/run-cli';
import { tempDir } from './support/temp-dir';

const opened = new Closing();
afterEach(async () => {
  killCommands();
  await opened.all();
});

/** A folder with a recording of a typed turn. */
async function folderWithTurn(): Promise<string> {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] };
  const log = [
    { type: 'session.created', session: {} },
    { type: 'conversation.item.create', item },
    { type: 'response.create' },
    { type: 'response.created', response: {} },
    { type: 'response.done', response: { status: 'completed' } },
  ];
  const folder = await tempDir(opened);
  writeFileSync(join(folder, 'turn.jsonl'), recordingText(importEventLog(JSON.stringify(log), 'turn')));
  return folder;
}

it.each(carrierNames)(
  'a recording can be played as a call of %s with no settings at all',
  async (name) => {
    const args = ['replay', 'turn.jsonl', '--stand-in', '--carrier', name];
    const { code, stdout } = await runCommand(args, await folderWithTurn());
    expect(stdout).toContain(`as calls of ${name} to +15550002222`);
    expect(stdout).toContain('Sessions   1 started: 1 completed;');
    expect(stdout).toMatch(/first audio after end of turn +1 /);
    expect(stdout).not.toContain('Errors');
    expect(code).toBe(0);
  },
  120_000,
);

describe('calls of Telnyx to a relay that runs already', () => {
  const apiKey = 'KEY0123456789abcdef';
  const telnyx = {
    numbers: ['+15550003333'],
    apiKey,
    // The first is another's: that of the account.
    publicKey: [telnyxTestKey('another'), telnyxTestKey(apiKey)],
  };

  /** Writes a relay's settings. */
  function configure(folder: string, line: Readonly<Record<string, unknown>>): void {
    const org = { apiKeys: ['relay-key-0123456789'], telephony: { telnyx: line } };
    const config = { publicUrl: 'https://relay.example.com', orgs: { demo: org } };
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  }

  it('are signed with a key that its settings name', async () => {
    const folder = await folderWithTurn();
    const simulator = opened.add(await startSimulator({ pace: 'instant' }), (running) => running.close());
    configure(folder, { ...telnyx, apiBaseUrl: `http://127.0.0.1:${await freePort()}` });
    const relay = startCommand(['serve'], folder, {
      OPENAI_API_KEY: 'sk-test',
      OPENAI_REALTIME_URL: simulator.url,
      PORT: '0',
      STORE_URL: 'memory:',
    });
    await relay.prints('Relay is listening');
    const address = /"address":"([^"]+)"/.exec(relay.output.stdout)?.[1] ?? '';
    const { code, stdout } = await runCommand(
      ['replay', 'turn.jsonl', '--carrier', 'telnyx', '--url', address],
      folder,
    );
    expect(stdout).toContain('as calls of telnyx to +15550003333');
    expect(stdout).toContain('1 started: 1 completed');
    expect(stdout).not.toContain(apiKey);
    expect(code).toBe(0);
  }, 60_000);

  it.each([
    ['where commands go', telnyx, 'Set telephony.telnyx.apiBaseUrl to http://127.0.0.1:9100 for the test'],
    [
      'which key to trust',
      { ...telnyx, publicKey: telnyxTestKey('another'), apiBaseUrl: 'http://127.0.0.1:9190' },
      `add ${telnyxTestKey(apiKey)} to the list telephony.telnyx.publicKey`,
    ],
  ])('begin once its settings say %s', async (_what, line, advice) => {
    const folder = await folderWithTurn();
    configure(folder, line);
    const { code, stderr } = await runCommand(['replay', 'turn.jsonl', '--carrier', 'telnyx'], folder);
    expect(stderr).toContain(advice);
    expect(code).toBe(2);
  });
});
