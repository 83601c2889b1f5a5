import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config';
import { configFileVariable, settingNames, variableOf } from '../../../src/config/settings';

const root = join(__dirname, '../../..');
const envExample = readFileSync(join(root, '.env.example'), 'utf8');

it('.env.example names every variable once, and no other', () => {
  const named = Array.from(envExample.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm), ([, name]) => name);
  expect(named.sort()).toEqual([...settingNames.map(variableOf), configFileVariable].sort());
});

it('.env.example shows the defaults there are', () => {
  const result = loadConfig({ variables: { OPENAI_API_KEY: 'sk-test' }, directory: root + '/test' });
  if (result.kind === 'wrong') throw new Error('The defaults must be right.');
  const { upstream, listen, log, storeUrl, orgs } = result.config;
  for (const line of [
    `OPENAI_REALTIME_URL=${upstream.url}`,
    `OPENAI_REALTIME_MODEL=${upstream.model}`,
    `HOST=${listen.host}`,
    `PORT=${listen.port}`,
    `ORG_ID=${orgs[0]?.id ?? ''}`,
    `STORE_URL=${storeUrl}`,
    `LOG_LEVEL=${log.level}`,
  ]) {
    expect(envExample).toContain(`# ${line}\n`);
  }
});

it('relay.config.example.json is right', () => {
  const directory = mkdtempSync(join(tmpdir(), 'relay-example-'));
  copyFileSync(join(root, 'relay.config.example.json'), join(directory, 'relay.config.json'));
  const hook = 'https://hooks.zapier.com/hooks/catch/1/2/';
  const result = loadConfig({
    directory,
    variables: {
      OPENAI_API_KEY: 'sk-test',
      ACME_RELAY_KEY: 'acme-key-0123456789',
      CLINIC_RELAY_KEY: 'clinic-key-0123456789',
      ACME_ZAPIER_URL: hook,
      CLINIC_ZAPIER_URL: hook,
      CLINIC_TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      CLINIC_TWILIO_AUTH_TOKEN: 'token-0123456789',
      ACME_SIGNING_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
      ACME_CALLBACK_SECRET: `whsec_${Buffer.alloc(32, 2).toString('base64')}`,
    },
  });
  rmSync(directory, { recursive: true });
  expect(result).toMatchObject({ kind: 'ready', config: { warnings: [], orgs: [{ id: 'acme' }, { id: 'clinic' }] } });
});
