import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigResult, loadConfig } from '../../../src/config';

const directory = mkdtempSync(join(tmpdir(), 'relay-telephony-'));
afterAll(() => rmSync(directory, { recursive: true }));

const twilio = { numbers: ['+15550002222'], accountSid: `AC${'0'.repeat(32)}`, authToken: 'token-0123456789' };
const signalwire = {
  numbers: ['+15550003333'],
  projectId: '01234567-89ab-cdef-0123-456789abcdef',
  apiToken: 'PT0123456789',
  signingKey: 'PSK0123456789',
  space: 'acme',
};
const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
const vonage = {
  numbers: ['+15550005555'],
  applicationId: '01234567-89AB-cdef-0123-456789abcdef',
  privateKey: rsa(2048),
  signatureSecret: 'signature-secret',
};
const telnyx = { numbers: ['+15550006666'], publicKey: `${'A'.repeat(43)}=`, apiKey: 'KEY0123456789' };
const jambonz = {
  numbers: ['+15550007777'],
  accountSid: '01234567-89AB-cdef-0123-456789abcdef',
  apiKey: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  webhookSecret: 'wh_secret_0123456789',
};
const asterisk = {
  numbers: ['+15550008888'],
  username: 'pbx',
  password: 'password-of-the-pbx',
  ariUsername: 'relay',
  ariPassword: 'password-of-ari',
};
const plivo = { numbers: ['+15550004444'], authId: `MA${'A1'.repeat(9)}`, authToken: 'token-0123456789' };

/** Reads settings of one org, or of several. */
function load(orgs: Record<string, object>, variables: Record<string, string> = {}): ConfigResult {
  const withKeys = Object.entries(orgs).map(([id, telephony]) => [id, { apiKeys: [`key-of-${id}`], telephony }]);
  writeFileSync(join(directory, 'relay.config.json'), JSON.stringify({ orgs: Object.fromEntries(withKeys) as object }));
  const publicUrl = { PUBLIC_URL: 'https://relay.example.com' };
  return loadConfig({ variables: { OPENAI_API_KEY: 'sk-test', ...publicUrl, ...variables }, directory });
}

const problemsOf = (result: ConfigResult) =>
  result.kind === 'wrong' ? result.problems.map(({ setting, message }) => `${setting}: ${message}`) : [];

it('numbers at two carriers are taken, with the carrier’s own address of its interface', () => {
  const result = load({ acme: { twilio, signalwire, telnyx, plivo, vonage, jambonz } });
  expect(result).toMatchObject({
    kind: 'ready',
    config: {
      orgs: [
        {
          telephony: {
            twilio: { authToken: ['token-0123456789'], apiBaseUrl: 'https://api.twilio.com' },
            signalwire: { signingKey: ['PSK0123456789'], codec: 'PCMU@8000h' },
            telnyx: { publicKey: [telnyx.publicKey], codec: 'PCMU', apiBaseUrl: 'https://api.telnyx.com' },
            plivo: { contentType: 'audio/x-mulaw;rate=8000', apiBaseUrl: 'https://api.plivo.com' },
            vonage: {
              applicationId: '01234567-89ab-cdef-0123-456789abcdef',
              contentType: 'audio/l16;rate=24000',
              apiBaseUrl: 'https://api.nexmo.com',
            },
            jambonz: {
              accountSid: '01234567-89ab-cdef-0123-456789abcdef',
              webhookSecret: ['wh_secret_0123456789'],
              sampleRate: 24000,
              apiBaseUrl: 'https://jambonz.cloud/api',
            },
          },
        },
      ],
    },
  });
});

it('a private key may have its lines parted in writing, as variables do', () => {
  const written = { ...vonage, privateKey: '${VONAGE_KEY}' };
  const result = load({ acme: { vonage: written } }, { VONAGE_KEY: vonage.privateKey.replaceAll('\n', '\\n') });
  expect(result).toMatchObject({ config: { orgs: [{ telephony: { vonage: { privateKey: vonage.privateKey } } }] } });
});

it.each([
  ['https://voip.example.com/api/', 'https://voip.example.com/api'],
  ['https://api.example.com', 'https://api.example.com'],
  ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
])('jambonz of one’s own may be at %s', (apiBaseUrl, kept) => {
  expect(load({ acme: { jambonz: { ...jambonz, apiBaseUrl } } })).toMatchObject({
    config: { orgs: [{ telephony: { jambonz: { apiBaseUrl: kept } } }] },
  });
});

it('several tokens are taken while one takes the place of another', () => {
  const result = load({ acme: { twilio: { ...twilio, authToken: ['token-0123456789', 'token-9876543210'] } } });
  expect(problemsOf(result)).toEqual([]);
});

it.each<readonly [string, object, string]>([
  [
    'a number without its country',
    { twilio: { ...twilio, numbers: ['5550002222'] } },
    'twilio.numbers[0]: must be a telephone number',
  ],
  ['no number', { twilio: { ...twilio, numbers: [] } }, 'twilio.numbers: must be a list of at least 1'],
  ['no token', { twilio: { ...twilio, authToken: [] } }, 'twilio.authToken: must be a list of at least 1'],
  [
    'a token with a blank',
    { twilio: { ...twilio, authToken: 'token 0123456789' } },
    'twilio.authToken[0]: must be visible',
  ],
  ['the sid of a key', { twilio: { ...twilio, accountSid: `SK${'0'.repeat(32)}` } }, 'twilio.accountSid: must be "AC"'],
  ['half a key', { twilio: { ...twilio, apiKey: `SK${'0'.repeat(32)}` } }, 'twilio.apiSecret: goes with apiKey'],
  [
    'a target that is none',
    { twilio: { ...twilio, transferTo: '+1555<0' } },
    'twilio.transferTo: must be a telephone number',
  ],
  [
    'an interface in the clear',
    { twilio: { ...twilio, apiBaseUrl: 'http://api.example.com' } },
    'twilio.apiBaseUrl: must be https:',
  ],
  [
    'an unknown setting',
    { twilio: { ...twilio, number: '+1' } },
    'twilio: has an unknown setting "number" (did you mean "numbers"?)',
  ],
  ['an unknown carrier', { twillio: twilio }, ': has an unknown setting "twillio" (did you mean "twilio"?)'],
  [
    'a project that is no UUID',
    { signalwire: { ...signalwire, projectId: 'x' } },
    'signalwire.projectId: must be a UUID',
  ],
  [
    'a whole host',
    { signalwire: { ...signalwire, space: 'acme.signalwire.com' } },
    'signalwire.space: must be the first part',
  ],
  ['another codec', { signalwire: { ...signalwire, codec: 'OPUS' } }, 'signalwire.codec: must be "PCMU@8000h"'],
  ['another kind of id', { plivo: { ...plivo, authId: 'AC123' } }, 'plivo.authId: must be "MA" or "SA"'],
  [
    'a content type without its rate',
    { plivo: { ...plivo, contentType: 'audio/x-mulaw' } },
    'plivo.contentType: must be "audio/x-mulaw;rate=8000"',
  ],
  ['no key', { vonage: { ...vonage, privateKey: 'key' } }, 'vonage.privateKey: must be an RSA private key'],
  ['a weak key', { vonage: { ...vonage, privateKey: rsa(1024) } }, 'vonage.privateKey: must be an RSA private key'],
  [
    'another rate',
    { vonage: { ...vonage, contentType: 'audio/l16;rate=48000' } },
    'vonage.contentType: must be "audio/l16;rate=8000"',
  ],
  ['half a key', { telnyx: { ...telnyx, publicKey: 'AAAA' } }, 'telnyx.publicKey[0]: must be 32 bytes in base64'],
  ['a wide codec', { telnyx: { ...telnyx, codec: 'G722' } }, 'telnyx.codec: must be "PCMU"'],
  ['a rate of its own', { jambonz: { ...jambonz, sampleRate: 44100 } }, 'jambonz.sampleRate: must be 8000, 16000 or'],
  [
    'an interface with its version',
    { jambonz: { ...jambonz, apiBaseUrl: 'https://voip.example.com/api/v1' } },
    'jambonz.apiBaseUrl: must be an address such as "https://jambonz.cloud/api", without "/v1"',
  ],
  [
    'one’s own interface in the clear',
    { jambonz: { ...jambonz, apiBaseUrl: 'http://voip.example.com/api' } },
    'jambonz.apiBaseUrl: must be https:',
  ],
  [
    'a name with a colon',
    { asterisk: { ...asterisk, username: 'pbx:1' } },
    'asterisk.username: must be visible ASCII characters without blanks or ":"',
  ],
  ['a codec that is packed', { asterisk: { ...asterisk, codec: 'opus' } }, 'asterisk.codec: must be "ulaw"'],
  ['half a user', { asterisk: { ...asterisk, ariPassword: undefined } }, 'asterisk.ariPassword: goes with ariUsername'],
  [
    'a transfer that Asterisk could not be told of',
    { asterisk: { ...asterisk, ariUsername: undefined, ariPassword: undefined, transferTo: '200' } },
    'asterisk.transferTo: needs ariUsername and ariPassword',
  ],
  [
    'somebody whom no dialplan can dial',
    { asterisk: { ...asterisk, transferTo: 'the desk' } },
    'asterisk.transferTo: must be a telephone number, an extension, or a SIP address',
  ],
  [
    'ARI in the clear on another machine',
    { asterisk: { ...asterisk, apiBaseUrl: 'http://pbx.example.com:8088' } },
    'asterisk.apiBaseUrl: must be https:',
  ],
])('explains %s', (_what, telephony, problem) => {
  const problems = problemsOf(load({ acme: telephony }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('relay.config.json: orgs.acme.telephony');
  expect(problems[0]).toContain(problem);
});

it.each([
  ['is required', ''],
  ['must be https', 'http://relay.example.com'],
  ['must be on port 443', 'https://relay.example.com:8443'],
])('PUBLIC_URL %s', (message, url) => {
  expect(problemsOf(load({ acme: { twilio } }, { PUBLIC_URL: url }))).toEqual([
    `PUBLIC_URL: ${message}: org acme has telephone numbers, whose calls are streamed to this address`,
  ]);
});

it('a number can be one org’s only, at whichever carrier, and is not repeated in the message', () => {
  const other = { signalwire: { ...signalwire, numbers: twilio.numbers } };
  expect(problemsOf(load({ acme: { twilio }, clinic: other }))).toEqual([
    'relay.config.json: orgs.clinic.telephony.signalwire.numbers: has a number that stands in ' +
      'relay.config.json: orgs.acme.telephony.twilio.numbers as well',
  ]);
});

it('no value of a wrong setting is repeated', () => {
  const wrong = { twilio: { ...twilio, numbers: ['5550002222'], authToken: 'token 0123456789', transferTo: '12345' } };
  const text = problemsOf(load({ acme: wrong })).join('\n');
  for (const value of ['5550002222', 'token 0123456789', '12345']) expect(text).not.toContain(value);
});

it.each(['+15550003333', '200', 'sales-desk', 'sip:desk@example.com'])(
  'a dialplan can connect with %s',
  (transferTo) => {
    const result = load({ acme: { asterisk: { ...asterisk, transferTo } } });
    expect(result).toMatchObject({
      kind: 'ready',
      config: {
        orgs: [
          {
            telephony: {
              asterisk: {
                transferTo,
                password: [asterisk.password],
                codec: 'ulaw',
                apiBaseUrl: 'http://127.0.0.1:8088',
              },
            },
          },
        ],
      },
    });
  },
);

it('Asterisk may be one’s own, for which the relay needs no public address', () => {
  expect(load({ acme: { asterisk } }, { PUBLIC_URL: '' })).toMatchObject({ kind: 'ready' });
  expect(load({ acme: { asterisk } }, { PUBLIC_URL: 'https://relay.example.com:8443' })).toMatchObject({
    kind: 'ready',
  });
  expect(problemsOf(load({ acme: { asterisk }, clinic: { twilio } }, { PUBLIC_URL: '' }))).toHaveLength(1);
});
