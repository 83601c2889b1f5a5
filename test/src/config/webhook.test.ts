import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigResult, loadConfig } from '../../../src/config';
import { pipelineOrgs } from '../../../src/pipeline-orgs';
import { summaryOf } from '../../../src/cli/summary';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relay-webhook-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const url = 'https://hooks.zapier.com/hooks/catch/1/canary/';

/** Loads a file of two orgs, whose second has this webhook. */
function load(webhook: object, top: object = {}, variables: Readonly<Record<string, string>> = {}): ConfigResult {
  const orgs = {
    acme: { apiKeys: ['key-0123456789'], webhook: { url } },
    clinic: { apiKeys: ['key-9876543210'], webhook: { url, ...webhook } },
  };
  writeFileSync(join(directory, 'relay.config.json'), JSON.stringify({ orgs, ...top }));
  return loadConfig({ variables: { OPENAI_API_KEY: 'sk-test', ...variables }, directory });
}

function ready(...input: Parameters<typeof load>) {
  const result = load(...input);
  if (result.kind === 'wrong') throw new Error(JSON.stringify(result.problems));
  return result.config;
}

function wrong(...input: Parameters<typeof load>): string[] {
  const result = load(...input);
  return result.kind === 'ready' ? [] : result.problems.map(({ setting, message }) => `${setting}: ${message}`);
}

describe('webhookHosts', () => {
  it('is any host where it is left out', () => {
    const config = ready({});
    expect(config.webhookHosts).toBeUndefined();
    expect(summaryOf(config)).toMatch(/webhook hosts +any/);
  });

  it('comes from the file as a list, or from the variable with commas', () => {
    const listed = ready({}, { webhookHosts: ['HOOKS.Zapier.com', 'bücher.example:8443', '[2606:4700:0::1]'] });
    expect(listed.webhookHosts).toEqual(['hooks.zapier.com', 'xn--bcher-kva.example:8443', '[2606:4700::1]']);
    const { webhookHosts } = ready(
      {},
      { webhookHosts: ['a.example'] },
      { WEBHOOK_HOSTS: 'hooks.zapier.com, b.example:443' },
    );
    expect(webhookHosts).toEqual(['hooks.zapier.com', 'b.example']);
  });

  it('holds for every org, and the pipeline is told of it', () => {
    const config = ready({}, { webhookHosts: ['hooks.zapier.com'] });
    expect(pipelineOrgs(config).map(({ webhook }) => webhook?.allowedHosts)).toEqual(
      Array(2).fill(['hooks.zapier.com']),
    );
    const told = wrong({ url: 'https://evil.example/canary' }, { webhookHosts: ['hooks.zapier.com'] });
    expect(told).toEqual([
      'relay.config.json: orgs.clinic.webhook.url: the URL leads to a host that webhookHosts does not name; add the host, and its port if it is not 443, if it is wanted.',
    ]);
  });

  it.each([
    'https://hooks.zapier.com',
    'hooks.zapier.com/x',
    '*.zapier.com',
    'a@b.example',
    'hooks.zapier.com.',
    '.zapier.com',
    'a b',
    'x?y',
    'x:99999',
  ])('is not %j', (host) => {
    const help =
      'must be hosts such as "hooks.zapier.com" or "hooks.example.com:8443", without scheme, path or wildcard';
    expect(wrong({}, { webhookHosts: ['hooks.zapier.com', host] })).toContain(
      `relay.config.json: webhookHosts: ${help}`,
    );
    expect(wrong({}, {}, { WEBHOOK_HOSTS: `hooks.zapier.com,${host}` })).toContain(`WEBHOOK_HOSTS: ${help}`);
  });

  it('is not a list of none', () => {
    expect(wrong({}, { webhookHosts: [] })).toContain('relay.config.json: webhookHosts: must be a list of at least 1');
  });
});

describe('a webhook that leads where it must not', () => {
  it.each([
    [
      'https://169.254.169.254/canary',
      'leads into a private network; set webhook.allowPrivateNetwork of its org if that is wanted',
    ],
    [
      'https://[::ffff:10.0.0.1]/canary',
      'leads into a private network; set webhook.allowPrivateNetwork of its org if that is wanted',
    ],
    ['https://[2002:7f00:1::]/canary', 'leads to an address that no public host has; set webhook.allowPrivateNetwork'],
    ['https://canary.example:8443/', "has another port than 443; name all webhooks' hosts, this one with its port"],
    ['https://canary@hooks.example.com/', 'must not contain a user name or password'],
    ['https://canary.example./', 'has no proper host name'],
    ['https:/canary.example/', 'must have its host right after "https://"'],
    ['https://canary.example/a b', 'must not contain blanks'],
  ])('is explained with the way out: %s', (hook, expected) => {
    const told = wrong({ url: hook });
    expect(told).toEqual([expect.stringContaining(`relay.config.json: orgs.clinic.webhook.url: the URL ${expected}`)]);
    expect(told.join()).not.toContain('canary');
  });

  it('is this machine as soon as others can reach the relay', () => {
    const hook = { url: 'http://127.0.0.1:5678/canary' };
    expect(wrong(hook)).toEqual([]);
    expect(wrong(hook, { host: '0.0.0.0' })).toEqual([expect.stringContaining('the URL leads to this machine')]);
  });
});

describe('webhook.breaker', () => {
  it('has defaults for what is left out', () => {
    const breakers = ready({ breaker: { failures: 2 } }).orgs.map(({ webhook }) => webhook?.breaker);
    expect(breakers).toEqual([
      { failures: 5, pauseMs: 1_000, maxPauseMs: 60_000 },
      { failures: 2, pauseMs: 1_000, maxPauseMs: 60_000 },
    ]);
  });

  it.each<[object, string]>([
    [{ failures: 0 }, 'failures: must be a whole number from 1 to 1000'],
    [{ pauseMs: 'long' }, 'pauseMs: must be a whole number from 1 to 3600000'],
    [{ maxPauseMs: 999 }, 'maxPauseMs: must not be less than pauseMs.'],
    [{ pauseMs: 60_001 }, 'maxPauseMs: must not be less than pauseMs.'],
  ])('is not %j', (breaker, expected) => {
    expect(wrong({ breaker })).toEqual([`relay.config.json: orgs.clinic.webhook.breaker.${expected}`]);
  });
});

describe('what cannot be sent at once, or may have been', () => {
  it('is neither kept nor sent again unless the org says so', () => {
    const [, clinic] = pipelineOrgs(ready({}));
    expect(clinic?.webhook).toMatchObject({ defer: false, deferMaxAgeMs: 86_400_000, deduplicates: false });
  });

  it('is dealt with as the org says', () => {
    const [, clinic] = pipelineOrgs(ready({ defer: true, deferMaxAgeMs: 3_600_000, deduplicates: true }));
    expect(clinic?.webhook).toMatchObject({ defer: true, deferMaxAgeMs: 3_600_000, deduplicates: true });
    expect(summaryOf(ready({ defer: true, deferMaxAgeMs: 3_600_000, deduplicates: true }))).toContain(
      'hooks.zapier.com, 8000 ms, defers for 3600000 ms at most, deduplicates',
    );
  });
});

it('callbackSecret that is too short is said once', () => {
  expect(wrong({ callbackSecret: 'short' })).toEqual([
    expect.stringMatching(/orgs\.clinic\.webhook\.callbackSecret: must be at least 24 characters long$/),
  ]);
});
