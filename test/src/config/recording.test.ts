import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relay-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const hook = { url: 'https://hooks.example.com/1' };

/** What becomes of settings: how each org is recorded beside the warnings, or what is wrong. */
function load(variables: Readonly<Record<string, string>>, records?: Readonly<Record<string, unknown>>) {
  if (records !== undefined) {
    const orgs = Object.entries(records).map(([id, record]) => [
      id,
      { apiKeys: [`key-of-${id}`], webhook: hook, record },
    ]);
    writeFileSync(join(directory, 'relay.config.json'), JSON.stringify({ orgs: Object.fromEntries(orgs) as unknown }));
  }
  const single = records === undefined ? { RELAY_API_KEY: 'key-0123456789', ZAPIER_WEBHOOK_URL: hook.url } : {};
  const result = loadConfig({ variables: { OPENAI_API_KEY: 'sk-test', ...single, ...variables }, directory });
  return result.kind === 'ready'
    ? { recordings: result.config.orgs.map(({ recording }) => recording), warnings: result.config.warnings }
    : result.problems.map(({ setting, message }) => `${setting}: ${message}`);
}

it('records nothing by itself', () => {
  expect(load({})).toEqual({ recordings: [undefined], warnings: [] });
});

it('records what is harmless where a directory is named', () => {
  const recordings = [{ dir: './calls', audio: 'length', personalData: 'redacted' }];
  expect(load({ RECORD_DIR: './calls' })).toEqual({ recordings, warnings: [] });
});

it('warns of recordings that hold what was said', () => {
  const variables = { RECORD_DIR: './calls', RECORD_AUDIO: 'kept', RECORD_PERSONAL_DATA: 'kept' };
  expect(load(variables)).toEqual({
    recordings: [{ dir: './calls', audio: 'kept', personalData: 'kept' }],
    warnings: ['Recordings of org org_demo_001 hold what is said and written and voices: see who can read ./calls.'],
  });
});

it('records each org as it says itself, and otherwise as the program says', () => {
  const records = {
    own: { dir: './own', audio: 'kept' },
    shared: { personalData: 'redacted' },
    off: { enabled: false },
    silent: undefined,
  };
  expect(load({ RECORD_DIR: './all', RECORD_AUDIO: 'dropped' }, records)).toMatchObject({
    recordings: [
      { dir: './own', audio: 'kept', personalData: 'redacted' },
      { dir: './all', audio: 'dropped', personalData: 'redacted' },
      undefined,
      { dir: './all', audio: 'dropped', personalData: 'redacted' },
    ],
  });
});

it('may record a single org of several', () => {
  expect(load({}, { one: { dir: './one' }, other: undefined })).toMatchObject({
    recordings: [{ dir: './one' }, undefined],
  });
});

it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, unknown>> | undefined, string]>([
  [
    'an org that has nowhere to record to',
    {},
    { acme: { audio: 'kept' } },
    'relay.config.json: orgs.acme.record.dir: is required while RECORD_DIR is not set',
  ],
  [
    'how to record where nothing is recorded',
    { RECORD_AUDIO: 'kept' },
    undefined,
    'RECORD_AUDIO: says how to record, but nothing is recorded: set RECORD_DIR',
  ],
  [
    'a word nobody knows',
    { RECORD_DIR: './calls', RECORD_AUDIO: 'loud' },
    undefined,
    'RECORD_AUDIO: must be "kept", "dropped" or "length"',
  ],
])('refuses %s', (_name, variables, records, problem) => {
  expect(load(variables, records)).toEqual([problem]);
});
