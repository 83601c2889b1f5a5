import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../../replay/recording/read';
import { Closing } from '../pipeline/support/closing';
import { RelayProcess } from '../e2e/support/relay-process';
import { tempDir } from '../e2e/support/temp-dir';
import { runCommand } from '../src/support/run-cli';
import { configFile } from './config-file';
import { failingHooks, Guests, upstream } from './life';
import { conversation, found, secrets } from './marks';
import { converse, failTools, failUpstream, failWebhooks, forgeLines, knock, settle } from './provoke';

// A relay is started from its sources, and lives a whole life.
jest.setTimeout(120_000);

const opened = new Closing();
afterEach(() => opened.all());

const outcomes = {
  accepted: 'success',
  client_error: 'rejected',
  server_error: 'unknown',
  redirect: 'rejected',
  hanging: 'unknown',
  refused: 'not_sent',
  reset: 'unknown',
  not_http: 'unknown',
  tls: 'not_sent',
};

describe('a whole life of a relay, in which everything goes wrong', () => {
  it('tells nobody what is not theirs, and writes no line that somebody else composed', async () => {
    const directory = await tempDir(opened);
    const simulator = await upstream(opened);
    writeFileSync(join(directory, 'relay.config.js'), configFile(await failingHooks(opened)));
    const relay = RelayProcess.start(opened, directory, {
      OPENAI_API_KEY: secrets.upstreamKey,
      OPENAI_REALTIME_URL: simulator.url,
      OPERATOR_KEY: secrets.operatorKey,
      RELAY_TOKEN_SECRET: secrets.tokenSecret,
      RELAY_CONFIG: 'relay.config.js',
      STORE_URL: 'sqlite:relay.db',
      LOG_LEVEL: 'trace',
      LOG_FILE: 'relay.log',
      RECORD_DIR: 'recordings',
    });
    const guests = new Guests(opened, await relay.url());

    expect(await failWebhooks(guests, Object.keys(outcomes))).toEqual(outcomes);
    await failTools(guests);
    await failUpstream(guests, simulator);
    await converse(guests);
    await forgeLines(guests, simulator);
    const token = await knock(guests);
    const operated = await settle(guests);
    const operator = { headers: { authorization: `Bearer ${secrets.operatorKey}` } };
    const metrics = await guests.request('/metrics', operator);
    const stats = await guests.request('/api/execute-intent/stats', operator);
    await guests.ask('Please use bomb.');
    expect(await relay.exited).toEqual({ code: 1, signal: null });

    const log = readFileSync(join(directory, 'relay.log'), 'utf8');
    const recordings = join(directory, 'recordings');
    const recorded = readdirSync(recordings).map((name) => `${name}\n${readFileSync(join(recordings, name), 'utf8')}`);
    const events = await guests.eventsOfClients();
    const all = { ...secrets, ...conversation, token: token.slice(-40) };
    expect({
      output: found(relay.words, all),
      file: found(log, all),
      recordings: found(recorded.join('\n'), all),
      metrics: found(metrics.text, all),
      stats: found(stats.text, all),
      operated: found(operated, all),
      refusals: found(guests.refusals, all),
      events: found(events, { ...secrets, token: token.slice(-40) }),
    }).toEqual({
      output: [],
      file: [],
      recordings: [],
      metrics: [],
      stats: [],
      operated: [],
      refusals: [],
      events: [],
    });

    expect(recorded.length).toBeGreaterThan(3);
    const lines = await Promise.all(readdirSync(recordings).map((name) => linesIn(join(recordings, name))));
    expect(Math.max(...lines)).toBeGreaterThan(10);
    for (const text of [log, relay.words]) {
      expectEverythingHappened(text);
      expectLinesOfItsOwn(text);
    }
    const heard = Object.keys(conversation).filter((name) => name !== 'audio');
    expect(found(events, conversation).sort()).toEqual(heard.sort());
  });
});

/** How many lines there are; throws where one cannot be read. */
async function linesIn(recording: string): Promise<number> {
  let lines = 0;
  for await (const { number } of readLines(recording)) lines = number;
  return lines;
}

describe('settings that are wrong', () => {
  it('are told without their values', async () => {
    const directory = await tempDir(opened);
    writeFileSync(join(directory, 'key.pem'), secrets.tlsKey);
    const hooks = { acme: `ftp://${secrets.webhookPath}/` };
    writeFileSync(join(directory, 'relay.config.js'), configFile(hooks));
    const variables = {
      RELAY_CONFIG: 'relay.config.js',
      OPENAI_API_KEY: `${secrets.upstreamKey} `.repeat(2),
      OPENAI_REALTIME_URL: `http://${secrets.upstreamKey}@a.example/`,
      OPERATOR_KEY: `ek_${secrets.operatorKey}`,
      RELAY_TOKEN_SECRET: secrets.upstreamKey.slice(0, 20),
      RELAY_API_KEY: secrets.wrongCredential,
      STORE_URL: `redis://x:${secrets.operatorKey}@a.example/none`,
      TLS_CERT_FILE: 'key.pem',
      TLS_KEY_FILE: 'key.pem',
    };
    for (const command of ['check', 'serve']) {
      const { code, stdout, stderr } = await runCommand([command], directory, variables);
      expect(code).toBe(2);
      for (const name of Object.keys(variables)) {
        if (name !== 'RELAY_CONFIG' && name !== 'TLS_KEY_FILE') expect(stderr).toContain(name);
      }
      expect(stderr).toContain('orgs.acme.webhook.url');
      expect(found(stdout + stderr, { ...secrets, slice: variables.RELAY_TOKEN_SECRET })).toEqual([]);
    }
  });
});

/** Otherwise nothing would be shown by what was not found. */
function expectEverythingHappened(log: string): void {
  const codes = [
    'http_400',
    'http_500',
    'http_302',
    'timeout',
    'refused',
    'reset',
    'not_http',
    'tls',
    'tool_threw',
    'gave_up',
  ];
  expect(codes.filter((code) => !log.includes(`"code":"${code}"`))).toEqual([]);
  const causes = [
    'client_closed',
    'upstream_unauthorized',
    'upstream_forbidden',
    'upstream_not_found',
    'upstream_refused',
    'upstream_account',
    'upstream_rate_limited',
    'upstream_unavailable',
    'upstream_closed',
    'configuration_refused',
  ];
  expect(causes.filter((cause) => !log.includes(`"cause":"${cause}"`))).toEqual([]);
  const messages = [
    'Unknown upstream event dropped',
    'Upstream refused an event',
    'Function call repeated',
    'Intent failed in its tool',
    'Intent changed by the operator',
    'Intent changed by its callback',
    'Intent callback contradicts what is on record',
  ];
  expect(messages.filter((message) => !log.includes(message))).toEqual([]);
  // A line that was being written when the process crashed may come after it.
  expect(log).toMatch(/^\{"level":"fatal".*"Crashed"\}$/m);
}

/** Every line is JSON with a level and a message of the program's own, and nothing in it does anything to a terminal. */
function expectLinesOfItsOwn(log: string): void {
  const lines = log.trimEnd().split('\n');
  const levels = lines.map((line) => (JSON.parse(line) as { readonly level: string }).level);
  expect(levels.filter((level) => level === 'fatal')).toHaveLength(1);
  expect(lines.filter((line) => /[\p{C}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
}
