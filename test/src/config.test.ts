import { availableParallelism } from 'node:os';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { describeProblems, loadConfig, type RelayConfig } from '../../src/config';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relay-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));

const key = 'relay-key-0123456789';
const enough = { OPENAI_API_KEY: 'sk-test', RELAY_API_KEY: key };
const hook = 'https://hooks.zapier.com/hooks/catch/1/secret/';
const callbackSecret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

type Variables = Readonly<Record<string, string>>;
const load = (variables: Variables = enough) => loadConfig({ variables, directory });

function ready(variables?: Variables): RelayConfig {
  const result = load(variables);
  if (result.kind === 'ready') return result.config;
  throw new Error(describeProblems(result.problems));
}

/** What is wrong, a line each; nothing where all is right. */
function wrong(variables?: Variables): string[] {
  const result = load(variables);
  return result.kind === 'ready' ? [] : result.problems.map(({ setting, message }) => `${setting}: ${message}`);
}

/** The same for a config file, beside an upstream key. */
function wrongFile(content: unknown, variables: Variables = { OPENAI_API_KEY: 'sk-test' }): string[] {
  write('relay.config.json', content);
  return wrong(variables);
}
const orgs = (settings: object) => ({ orgs: { acme: { apiKeys: [key], ...settings } } });

describe('without a file', () => {
  it('needs the upstream key alone, and has a default for the rest', () => {
    const config = ready({ OPENAI_API_KEY: 'sk-test' });
    expect(config).toMatchObject({
      upstream: { url: 'wss://api.openai.com/v1/realtime', model: 'gpt-realtime-2.1', apiKey: 'sk-test' },
      listen: { host: '127.0.0.1', port: 8_000, publicUrl: undefined, tls: undefined },
      operatorKey: undefined,
      tokenSecret: undefined,
      storeUrl: 'sqlite:./data/relay.db',
      workers: 1,
      log: { level: 'info', file: undefined },
      orgs: [{ id: 'org_demo_001', apiKeys: [], allowedOrigins: undefined, timeZone: 'UTC', session: {} }],
    });
    expect(config.orgs[0]?.tools).toEqual(['create_appointment', 'escalate_call', 'complete_intake', 'end_call']);
  });

  it('has every limit of the documentation with its default', () => {
    expect(ready().limits).toEqual({
      maxMessageBytes: 1_048_576,
      upstreamMessageBytes: 33_554_432,
      messagesPerSecond: 200,
      sessionsPerOrg: 1_000,
      carrierStartMs: 10_000,
      carrierHeldMs: 10_000,
      carrierBurstMs: 60_000,
      carrierReorderMs: 100,
      carrierWaitingMs: 120_000,
      digitsMs: 1_500,
      maxDigits: 32,
      mediaTokenMs: 60_000,
      hangUpMs: 2_000,
      transferMs: 5_000,
      recordingBytes: 67_108_864,
      connectsPerSecondPerAddress: 200,
      sessionMaxMs: 3_600_000,
      idleMs: 600_000,
      handshakeMs: 5_000,
      upstreamConnectMs: 10_000,
      heldBytes: 1_048_576,
      bufferHighBytes: 262_144,
      bufferMaxBytes: 1_048_576,
      slowClientMs: 10_000,
      pingMs: 10_000,
      deadPeerMs: 30_000,
      roundsPerTurn: 8,
      waitingCreates: 8,
      toolMs: 30_000,
      goodbyeMs: 15_000,
      toolArgumentBytes: 16_384,
      toolArgumentDepth: 16,
      toolOutputBytes: 16_384,
      httpBodyBytes: 262_144,
      httpInFlightPerOrg: 1_000,
      drainMs: 20_000,
      leaseMs: 15_000,
      recordingQueueBytes: 16_777_216,
      recordingDirBytes: 10_737_418_240,
      recordingFreeBytes: 536_870_912,
    });
  });

  it('makes an org of three variables', () => {
    const config = ready({ ...enough, ORG_ID: 'acme', ZAPIER_WEBHOOK_URL: hook });
    expect(config.orgs).toMatchObject([
      { id: 'acme', apiKeys: [key], webhook: { url: hook, deadlineMs: 8_000, maxConcurrent: 10, events: [] } },
    ]);
    expect(config.warnings).toEqual([]);
  });

  it('warns of an org without a webhook, and starts', () => {
    expect(ready().warnings).toEqual([expect.stringContaining('ZAPIER_WEBHOOK_URL')]);
  });

  it('can do without upstream where a command does', () => {
    expect(loadConfig({ variables: {}, directory, needsUpstream: false }).kind).toBe('ready');
    expect(wrong({})).toEqual([expect.stringMatching(/^OPENAI_API_KEY: is required/)]);
  });

  it('is frozen, deeply', () => {
    const { orgs: list, limits } = ready();
    expect(() => Object.assign(limits, { idleMs: 1 })).toThrow(TypeError);
    expect(() => Object.assign(list[0] ?? {}, { id: 'x' })).toThrow(TypeError);
  });
});

describe('where settings come from', () => {
  it('takes the environment before .env, and .env before the file', () => {
    write('.env', 'PORT=2\nLOG_LEVEL=warn\nHOST=::1');
    write('relay.config.json', { port: 3, logLevel: 'error', host: '127.0.0.2', openaiRealtimeModel: 'from-file' });
    const { listen, log, upstream } = ready({ ...enough, PORT: '1' });
    expect(listen).toMatchObject({ port: 1, host: '::1' });
    expect(log.level).toBe('warn');
    expect(upstream.model).toBe('from-file');
  });

  it('says so where .env cannot be read', () => {
    mkdirSync(join(directory, '.env'));
    expect(wrong()).toEqual([expect.stringMatching(/^\.env: cannot be read/)]);
  });

  it('reads files that begin with a byte order mark, and says so where one is not in UTF-8', () => {
    write('.env', '\uFEFFPORT=2');
    write('relay.config.json', '\uFEFF{"logLevel":"error"}');
    expect(ready()).toMatchObject({ listen: { port: 2 }, log: { level: 'error' } });
    writeFileSync(join(directory, '.env'), Buffer.from('\uFEFFPORT=2', 'utf16le'));
    expect(wrong()).toEqual(['.env: cannot be read: it is not in UTF-8']);
  });

  it('takes a blank variable for none', () => {
    write('relay.config.json', { port: 3 });
    expect(ready({ ...enough, PORT: ' ', RELAY_CONFIG: '' }).listen.port).toBe(3);
  });

  it('reads the file that is named', () => {
    write('other.json', { port: 4 });
    expect(ready({ ...enough, RELAY_CONFIG: 'other.json' }).listen.port).toBe(4);
    expect(wrong({ ...enough, RELAY_CONFIG: 'gone.json' })).toEqual([
      'RELAY_CONFIG: names a file that does not exist: gone.json',
    ]);
  });

  it('reads a script, with tools', () => {
    const pipeline = JSON.stringify(join(__dirname, '../../pipeline'));
    write(
      'relay.config.ts',
      `import { z } from ${JSON.stringify(require.resolve('zod'))};
       import { defineTool } from ${pipeline};
       const note: string = 'add_note';
       export default { port: 5, tools: [
         defineTool({ name: note, description: 'Adds a note.', parameters: z.object({}), execute: () => 'Added.' }),
       ] };`,
    );
    const config = ready({ ...enough, RELAY_CONFIG: 'relay.config.ts' });
    expect(config.listen.port).toBe(5);
    expect(config.tools.map(({ name }) => name)).toEqual(['add_note']);
    expect(config.orgs[0]?.tools).toContain('add_note');
  });

  it('reads a script without a default export', () => {
    write('relay.config.js', 'module.exports = { port: 6 };');
    expect(ready({ ...enough, RELAY_CONFIG: 'relay.config.js' }).listen.port).toBe(6);
  });

  it('says why a file cannot be loaded, without quoting it', () => {
    expect(wrongFile('{ "relayApiKey": "secret" oops')).toEqual([
      expect.stringMatching(/^relay\.config\.json: cannot be loaded: it is not valid JSON/),
    ]);
    expect(wrongFile('{ "relayApiKey": "secret" oops').join()).not.toContain('secret');
    expect(wrongFile('[]')).toEqual(['relay.config.json: must hold one object of settings']);
    write('broken.js', 'throw new Error("on purpose");');
    expect(wrong({ ...enough, RELAY_CONFIG: 'broken.js' })).toEqual(['broken.js: cannot be loaded: on purpose']);
  });

  it('fills in variables, and names the place of one that is not set', () => {
    write('relay.config.json', orgs({ webhook: { url: 'https://hooks.example.com/${HOOK}/${HOOK}' } }));
    expect(ready({ OPENAI_API_KEY: 'sk-test', HOOK: 'x1' }).orgs[0]?.webhook?.url).toBe(
      'https://hooks.example.com/x1/x1',
    );
    expect(wrong({ OPENAI_API_KEY: 'sk-test' })).toEqual([
      'relay.config.json: orgs.acme.webhook.url: refers to ${HOOK}, which is not set in the environment',
    ]);
  });
});

describe('what is wrong', () => {
  it('is told all at once, by variable or by place', () => {
    const problems = wrongFile(
      { port: 'x', limits: { idleMs: 0 }, orgs: { acme: { apiKeys: 'k', timeZone: 'Mars' } } },
      { LOG_LEVEL: 'loud', OPENAI_REALTIME_URL: 'https://api.openai.com' },
    );
    expect(problems).toEqual([
      'OPENAI_REALTIME_URL: must be a URL such as "wss://api.openai.com/v1/realtime"',
      'relay.config.json: port: must be a whole number from 0 to 65535',
      'LOG_LEVEL: must be "trace", "debug", "info", "warn", "error" or "fatal"',
      'OPENAI_API_KEY: is required: the key the relay opens upstream sessions with',
      'relay.config.json: limits.idleMs: must be a whole number from 1000 to 86400000',
      'relay.config.json: orgs.acme.apiKeys: must be a list, but is a text',
      'relay.config.json: orgs.acme.timeZone: must be an IANA time zone such as "Europe/Berlin"',
    ]);
  });

  it('takes a callback secret from the environment', () => {
    write('relay.config.json', orgs({ webhook: { url: hook, callbackSecret: '${CALLBACK_SECRET}' } }));
    const config = ready({ OPENAI_API_KEY: 'sk-test', CALLBACK_SECRET: callbackSecret });
    expect(config.orgs[0]?.webhook?.callbackSecret).toBe(callbackSecret);
  });

  it('never repeats a value', () => {
    const secret = 'canary canary';
    const problems = [
      ...wrong({ OPENAI_API_KEY: secret, RELAY_API_KEY: secret, ZAPIER_WEBHOOK_URL: secret, OPERATOR_KEY: secret }),
      ...wrongFile(
        orgs({ apiKeys: [secret], webhook: { url: secret, signingSecrets: [secret], headers: { 'x-k': 'cänary' } } }),
      ),
    ];
    expect(problems.length).toBeGreaterThanOrEqual(5);
    expect(problems.join('\n')).not.toMatch(/c[aä]nary/);
  });

  it.each<[string, Variables, string]>([
    ['a port', { PORT: '80a' }, 'PORT: must be a whole number from 0 to 65535'],
    ['a port that is too high', { PORT: '65536' }, 'PORT: must be a whole number from 0 to 65535'],
    ['a host', { HOST: 'a b' }, 'HOST: must be an IP address or a host name'],
    ['a public URL with a path', { PUBLIC_URL: 'https://a.example/x' }, 'PUBLIC_URL: must be an origin'],
    ['a short key', { RELAY_API_KEY: 'short' }, 'RELAY_API_KEY: must be at least 8 characters long'],
    ['a key like a token', { RELAY_API_KEY: 'ek_012345678' }, 'RELAY_API_KEY: must not begin with "ek_"'],
    ['a short token secret', { RELAY_TOKEN_SECRET: 'x' }, 'RELAY_TOKEN_SECRET: must be at least 32 characters long'],
    ['an org id', { ORG_ID: 'a/b' }, 'ORG_ID: must be 1 to 64 letters'],
    ['a number of workers', { WORKERS: '0' }, 'WORKERS: must be "auto" or a whole number from 1 to 256'],
    ['workers by another word', { WORKERS: 'all' }, 'WORKERS: must be "auto" or a whole number from 1 to 256'],
    ['a store', { STORE_URL: 'postgres://x' }, 'STORE_URL: must be "sqlite:PATH"'],
    ['upstream in the clear', { OPENAI_REALTIME_URL: 'ws://api.openai.com/v1' }, 'OPENAI_REALTIME_URL: must be wss:'],
    [
      'upstream with a key',
      { OPENAI_REALTIME_URL: 'wss://k@a.example/' },
      'OPENAI_REALTIME_URL: must not carry credentials',
    ],
    [
      'upstream with a model',
      { OPENAI_REALTIME_URL: 'wss://a.example/?model=x' },
      'OPENAI_REALTIME_URL: must not name the model',
    ],
    ['a certificate alone', { TLS_CERT_FILE: 'x' }, 'TLS_KEY_FILE: is required beside TLS_CERT_FILE'],
    ['a TLS key alone', { TLS_KEY_FILE: 'x' }, 'TLS_CERT_FILE: is required beside TLS_KEY_FILE'],
    [
      'a certificate that is not there',
      { TLS_CERT_FILE: 'gone', TLS_KEY_FILE: 'gone' },
      'TLS_CERT_FILE: names a file that cannot be read',
    ],
    ['a shared key', { OPERATOR_KEY: key }, 'RELAY_API_KEY: holds a key that stands in OPERATOR_KEY as well'],
    ['a webhook that is none', { ZAPIER_WEBHOOK_URL: 'zap' }, 'ZAPIER_WEBHOOK_URL: the URL is no URL'],
    [
      'a webhook in the clear',
      { ZAPIER_WEBHOOK_URL: 'http://a.example/' },
      'ZAPIER_WEBHOOK_URL: the URL must begin with https:',
    ],
  ])('is %s', (_case, variables, expected) => {
    expect(wrong({ ...enough, ...variables })).toEqual([expect.stringContaining(expected)]);
  });

  it.each<[string, object, string]>([
    ['a setting', { prot: 1 }, 'prot: is not a setting (did you mean "port"?)'],
    ['a limit', { limits: { idelMs: 1 } }, 'limits: has an unknown setting "idelMs" (did you mean "idleMs"?)'],
    [
      'a setting of an org',
      orgs({ timezone: 'UTC' }),
      'orgs.acme: has an unknown setting "timezone" (did you mean "timeZone"?)',
    ],
    [
      'a setting of a webhook',
      orgs({ webhook: { url: hook, retry: 1 } }),
      'orgs.acme.webhook: has an unknown setting "retry"',
    ],
    [
      'a session field',
      orgs({ session: { temperature: 1 } }),
      'orgs.acme.session: has an unknown setting "temperature"',
    ],
    ['a session’s model', orgs({ session: { model: 'x' } }), 'orgs.acme.session: has an unknown setting "model"'],
    [
      'a deep session field',
      orgs({ session: { audio: { input: { turn_detection: { type: 'server_vad', treshold: 1 } } } } }),
      'orgs.acme.session.audio.input.turn_detection: has an unknown setting "treshold" (did you mean "threshold"?)',
    ],
    [
      'a limit no org can change',
      orgs({ limits: { drainMs: 5 } }),
      'orgs.acme.limits: cannot change "drainMs", which the whole relay has once: set it in "limits" at the top',
    ],
    [
      'a tool',
      orgs({ tools: ['create_apointment'] }),
      'orgs.acme.tools: names an unknown tool "create_apointment" (did you mean "create_appointment"?)',
    ],
    [
      'an event',
      orgs({ webhook: { url: hook, events: ['x_y'] } }),
      'orgs.acme.webhook.events: names an unknown tool "x_y"',
    ],
  ])('is %s that is not known', (_case, file, expected) => {
    expect(wrongFile(file)).toEqual([expect.stringContaining(`relay.config.json: ${expected}`)]);
  });

  it.each<[string, object, string]>([
    ['no orgs at all', { orgs: {} }, 'orgs: must be an object with at least one org'],
    ['orgs that are a list', { orgs: [] }, 'orgs: must be an object with at least one org'],
    ['an org that is null', { orgs: { acme: null } }, 'orgs.acme: must be an object, but is null'],
    ['an org’s id', { orgs: { 'a/b': { apiKeys: [key] } } }, 'orgs.a/b: must be 1 to 64 letters'],
    ['an offset for a time zone', orgs({ timeZone: '+02:00' }), 'orgs.acme.timeZone: must be an IANA time zone'],
    [
      'an origin with a path',
      orgs({ allowedOrigins: ['https://a.example/x'] }),
      'orgs.acme.allowedOrigins[0]: must be an origin',
    ],
    [
      'two voices',
      orgs({ session: { voice: 'cedar', audio: { output: { voice: 'marin' } } } }),
      'orgs.acme.session.voice: is said twice',
    ],
    [
      'a reserved header',
      orgs({ webhook: { url: hook, headers: { Host: 'x' } } }),
      'orgs.acme.webhook.headers: "Host" is set by the relay itself',
    ],
    [
      'a signing secret',
      orgs({ webhook: { url: hook, signingSecrets: ['x'] } }),
      'orgs.acme.webhook.signingSecrets: each must be base64',
    ],
    [
      'a slow webhook',
      { limits: { toolMs: 8_000 }, ...orgs({ webhook: { url: hook } }) },
      'orgs.acme.webhook.deadlineMs: must be less than limits.toolMs (8000)',
    ],
    [
      'a short callback secret',
      orgs({ webhook: { url: hook, callbackSecret: 'x'.repeat(23) } }),
      'orgs.acme.webhook.callbackSecret: must be at least 24 characters long',
    ],
    [
      'a callback secret with blanks',
      orgs({ webhook: { url: hook, callbackSecret: 'a secret of enough characters' } }),
      'orgs.acme.webhook.callbackSecret: must be visible ASCII',
    ],
    [
      'a callback secret that is a key as well',
      orgs({ apiKeys: [callbackSecret], webhook: { url: hook, callbackSecret } }),
      'orgs.acme.webhook.callbackSecret: holds a key that stands in relay.config.json: orgs.acme.apiKeys as well',
    ],
    [
      'a callback secret of two orgs',
      {
        orgs: {
          acme: { apiKeys: [key], webhook: { url: hook, callbackSecret } },
          other: { apiKeys: [`${key}-2`], webhook: { url: hook, callbackSecret } },
        },
      },
      'orgs.other.webhook.callbackSecret: holds a key that stands in',
    ],
    [
      'a callback secret with which the relay signs',
      orgs({ webhook: { url: hook, callbackSecret, signingSecrets: [callbackSecret] } }),
      'orgs.acme.webhook.callbackSecret: must not be one of signingSecrets',
    ],
    [
      'a promise for no time',
      orgs({ webhook: { url: hook, defer: true, deferMaxAgeMs: 0 } }),
      'orgs.acme.webhook.deferMaxAgeMs: must be a whole number from 1000 to 2592000000',
    ],
    ['tools in JSON', { ...orgs({}), tools: [{ name: 'x' }] }, 'tools[0]: must be made with defineTool'],
    [
      'limits out of order',
      { ...orgs({}), limits: { pingMs: 30_000 } },
      'limits.pingMs: must be less than deadPeerMs (30000)',
    ],
    [
      'an org’s limits out of order',
      orgs({ limits: { bufferMaxBytes: 2_048 } }),
      'orgs.acme.limits.bufferMaxBytes: must be more than bufferHighBytes (262144)',
    ],
  ])('is %s', (_case, file, expected) => {
    expect(wrongFile(file)).toEqual([expect.stringContaining(`relay.config.json: ${expected}`)]);
  });

  it('is a single org’s variable beside orgs', () => {
    write('relay.config.json', orgs({}));
    expect(wrong({ ...enough, ORG_ID: 'x', ZAPIER_WEBHOOK_URL: hook })).toEqual([
      'RELAY_API_KEY: belongs to a setup of a single org, but "orgs" is set: use orgs.<id>.apiKeys',
      'ZAPIER_WEBHOOK_URL: belongs to a setup of a single org, but "orgs" is set: use orgs.<id>.webhook.url',
      'ORG_ID: belongs to a setup of a single org, but "orgs" is set: remove it',
    ]);
  });

  it('is a tool with the name of another', () => {
    write(
      'relay.config.js',
      `const tool = (name) => ({ name, description: '', parameters: {}, fields: [], read() {} });
       module.exports = { tools: [tool('end_call'), tool('mine'), tool('mine')] };`,
    );
    expect(wrong({ ...enough, RELAY_CONFIG: 'relay.config.js' })).toEqual([
      'relay.config.js: tools[0]: is called "end_call" like another tool',
      'relay.config.js: tools[2]: is called "mine" like another tool',
    ]);
  });

  it('is a Redis store without the secret that its processes must share', () => {
    for (const url of ['redis://127.0.0.1', 'rediss://127.0.0.1', 'redis-cluster://127.0.0.1']) {
      expect(wrong({ ...enough, STORE_URL: url })).toEqual([
        expect.stringMatching(/^RELAY_TOKEN_SECRET: is required with a Redis store/),
      ]);
    }
  });

  it('is several workers without a store that processes can share', () => {
    for (const STORE_URL of ['memory:', 'sqlite:./x.db']) {
      expect(wrong({ ...enough, STORE_URL, WORKERS: '4' })).toEqual([
        'WORKERS: asks for 4 processes, which can share none but a Redis store: set STORE_URL to redis://HOST, or WORKERS to 1',
      ]);
    }
  });

  it('is not one worker with any store, nor as many as there are processors with Redis', () => {
    expect(ready({ ...enough, STORE_URL: 'memory:', WORKERS: '1' }).workers).toBe(1);
    const shared = { STORE_URL: 'redis://127.0.0.1', RELAY_TOKEN_SECRET: 'x'.repeat(32) };
    expect(ready({ ...enough, ...shared, WORKERS: 'auto' }).workers).toBe(availableParallelism());
  });

  it('is the address of a Redis store that is none, which is not repeated', () => {
    const secret = { RELAY_TOKEN_SECRET: 'x'.repeat(32) };
    expect(wrong({ ...enough, ...secret, STORE_URL: 'redis://me:hidden@a.example/first' })).toEqual([
      'STORE_URL: has a path that is no number of a database',
    ]);
  });
});

describe('an org without a key', () => {
  const keyless = { OPENAI_API_KEY: 'sk-test' };

  it('forbids listening for other machines', () => {
    expect(wrong({ ...keyless, HOST: '0.0.0.0' })).toEqual([
      'HOST: lets other machines connect, but org org_demo_001 has no key: set RELAY_API_KEY, or listen on 127.0.0.1',
    ]);
    for (const HOST of ['localhost', '::1', '127.0.0.2']) expect(wrong({ ...keyless, HOST })).toEqual([]);
    expect(wrong({ ...enough, HOST: '0.0.0.0' })).toEqual([]);
  });

  it('forbids a public URL', () => {
    expect(wrong({ ...keyless, PUBLIC_URL: 'https://a.example' })).toEqual([
      expect.stringMatching(/^PUBLIC_URL: makes the relay public/),
    ]);
  });

  it('may be one and no more', () => {
    expect(wrongFile({ orgs: { a: {}, b: { apiKeys: [key] }, c: {} } })).toEqual([
      'relay.config.json: orgs.c.apiKeys: is required: at most one org may be without a key, and a, c are',
    ]);
  });
});

describe('a webhook beside the relay', () => {
  const local = { ZAPIER_WEBHOOK_URL: 'http://127.0.0.1:9/hook' };

  it('is allowed while only this machine can reach the relay', () => {
    expect(wrong({ ...enough, ...local })).toEqual([]);
    expect(wrong({ ...enough, ...local, HOST: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^ZAPIER_WEBHOOK_URL: the URL leads to this machine/),
    ]);
  });

  it('is allowed where the own network is', () => {
    const webhook = { url: 'http://10.0.0.7/hook' };
    expect(wrongFile(orgs({ webhook }))).toEqual([
      expect.stringMatching(/webhook\.url: the URL leads into a private network/),
    ]);
    expect(wrongFile(orgs({ webhook: { ...webhook, allowPrivateNetwork: true } }))).toEqual([]);
  });
});

describe('an org', () => {
  it('may change its limits and keeps the program’s for the rest', () => {
    write('relay.config.json', {
      limits: { idleMs: 5_000, pingMs: 2_000 },
      orgs: { a: { apiKeys: [key], limits: { idleMs: 7_000, toolArgumentBytes: 100 } } },
    });
    const { limits, orgs: list } = ready({ OPENAI_API_KEY: 'sk-test' });
    expect(limits.idleMs).toBe(5_000);
    expect(list[0]?.limits).toMatchObject({ idleMs: 7_000, toolArgumentBytes: 100, pingMs: 2_000, deadPeerMs: 30_000 });
  });

  it('may have fewer tools, or none', () => {
    write('relay.config.json', { orgs: { a: { apiKeys: [key], tools: ['end_call'] }, b: { tools: [] } } });
    expect(ready({ OPENAI_API_KEY: 'sk-test' }).orgs.map(({ tools }) => tools)).toEqual([['end_call'], []]);
  });

  it.each([
    'ws://127.0.0.1:9000/v1/realtime',
    'ws://simulator:9000/v1/realtime',
    'ws://192.168.1.2/v1',
    'ws://[::1]/v1',
  ])('may be served by %s, which is near', (url) => {
    expect(ready({ ...enough, OPENAI_REALTIME_URL: url }).upstream.url).toBe(url);
  });
});

it('reads a certificate and its key, and knows when they are none', async () => {
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'localhost' }]);
  write('cert.pem', cert);
  write('key.pem', privateKey);
  const files = { TLS_CERT_FILE: join(directory, 'cert.pem'), TLS_KEY_FILE: join(directory, 'key.pem') };
  expect(ready({ ...enough, ...files }).listen.tls?.cert.toString()).toBe(cert);
  write('key.pem', 'nonsense');
  expect(wrong({ ...enough, ...files })).toEqual([expect.stringMatching(/^TLS_CERT_FILE: and TLS_KEY_FILE must be/)]);
});
