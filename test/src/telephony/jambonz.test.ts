import * as fc from 'fast-check';
import { jambonzSignature } from '../../../simulator/carriers';
import { dial, listen, mediaAuthorization } from '../../../src/telephony/jambonz/verbs';
import { readNotice } from '../../../src/telephony/jambonz/notice';
import { isJambonzSigned } from '../../../src/telephony/jambonz/signature';
import { jambonz } from '../../../src/telephony/carriers/jambonz';
import { signatureAgeS } from '../../../src/telephony/fresh';
import { telephonyFor } from '../../e2e/support/phone-house';
import { orgWith } from '../support/org';

const secret = 'wh_secret_0123456789';
const signedAtMs = 1_700_000_000_000;
const body = '{"call_sid":"u1","call_status":"trying"}';
const digest = 'bd9fe310f350e5f8faafdb91782ca934b966774462e91a0c99bb20db3da9c959';
const other = digest.replaceAll('b', 'c');

/** Whether a signature is taken, over a body at a time. */
const isTaken = (signature: string, { keys = [secret], signed = body, nowMs = signedAtMs } = {}) =>
  isJambonzSigned(keys, { headers: { 'jambonz-signature': signature }, body: signed }, nowMs);

it('a signature that was made with another tool is right', () => {
  expect(isTaken(`t=1700000000,v1=${digest}`)).toBe(true);
  expect(isTaken(`t=1700000000,v1=${other},v1=${digest}`)).toBe(true);
  expect(isTaken(`t=1700000000,v1=${digest}`, { keys: ['another-secret', secret] })).toBe(true);
  expect(isTaken(`t=1700000000,v1=${digest}`, { keys: ['another-secret'] })).toBe(false);
  expect(isTaken(`t=1700000000,v1=${digest}`, { signed: `${body} ` })).toBe(false);
});

it.each([
  ['not there', ''],
  ['of another time', `t=1700000001,v1=${digest}`],
  ['without its time', `v1=${digest}`],
  ['of two times', `t=1700000000,t=1700000000,v1=${digest}`],
  ['twice in one header', `t=1700000000,v1=${digest}, t=1700000000,v1=${digest}`],
  ['of a time that is none', `t=now,v1=${digest}`],
  ['of another scheme', `t=1700000000,v0=${digest}`],
  ['of another length', `t=1700000000,v1=${digest.slice(1)}`],
  ['empty', 't=1700000000,v1='],
])('a signature is not right that is %s', (_what, signature) => {
  expect(isTaken(signature)).toBe(false);
});

it('whatever jambonz signs is signed, and nothing else', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (text, more) => {
      const signature = jambonzSignature(secret, 1_700_000_000, text);
      expect(isTaken(signature, { signed: text })).toBe(true);
      expect(isTaken(signature, { signed: text + more })).toBe(false);
      expect(isTaken(more, { signed: text })).toBe(false);
    }),
  );
});

it.each([
  [signatureAgeS, true],
  [signatureAgeS + 1, false],
  [-signatureAgeS, true],
  [-signatureAgeS - 1, false],
])('a signature that is %d seconds old is taken: %s', (seconds, taken) => {
  expect(isTaken(`t=1700000000,v1=${digest}`, { nowMs: signedAtMs + seconds * 1_000 })).toBe(taken);
});

const account = '01234567-89ab-cdef-0123-456789abcdef';
const call = { call_sid: 'u1', account_sid: account.toUpperCase(), to: '15550002222', call_status: 'trying' };
const asked = { account, callId: 'u1', called: '+15550002222' };
const voice = '/telephony/jambonz/voice';
const transfer = '/telephony/jambonz/transfer';

it.each([
  ['a call', voice, { ...call, sip: { method: 'INVITE' } }, asked],
  ['a call to a number with its plus', voice, { ...call, to: '+15550002222', sip: {} }, asked],
  ['the state of a call that comes in', voice, call, 'news'],
  ['what became of a call', voice, { ...call, call_status: 'completed' }, 'news'],
  ['a call that is handed over', transfer, { ...call, call_status: 'in-progress' }, asked],
  ['a call whose id is none', voice, { ...call, call_sid: 'u 1', sip: {} }, undefined],
  ['a call of no account', voice, { ...call, account_sid: undefined, sip: {} }, undefined],
  ['a call to nobody', transfer, { ...call, to: undefined }, undefined],
  ['no call', voice, { sip: {} }, undefined],
  ['no object', voice, [], undefined],
])('a webhook tells of %s', (_what, path, event, notice) => {
  expect(readNotice({ path, headers: {}, body: JSON.stringify(event) })).toEqual(notice);
});

it('a webhook that is no JSON tells of nothing', () => {
  expect(readNotice({ path: voice, headers: {}, body: '{' })).toBeUndefined();
});

it('a webhook of any JSON tells of a call by a word, of news, or of nothing', () => {
  const member = fc.oneof(fc.jsonValue(), fc.constant(account), fc.constant('u1'));
  const event = fc.record({ call_sid: member, account_sid: member, to: member, sip: member }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.constantFrom(voice, transfer), fc.oneof(event, fc.jsonValue()), (path, said) => {
      const notice = readNotice({ path, headers: {}, body: JSON.stringify(said) });
      if (typeof notice === 'object') expect(notice.callId).toMatch(/^[\w-]{1,64}$/);
    }),
  );
});

it('a stream is heard and spoken at one rate, with keys, and shows what it was given', () => {
  const [verb] = listen({ url: 'wss://relay.example.com/x', bearer: 'x'.repeat(43) }, 16000);
  expect(verb).toEqual({
    verb: 'listen',
    url: 'wss://relay.example.com/x',
    wsAuth: { username: 'relay', password: 'x'.repeat(43) },
    mixType: 'mono',
    sampleRate: 16000,
    passDtmf: true,
    bidirectionalAudio: { enabled: true, streaming: true, sampleRate: 16000 },
  });
  expect(mediaAuthorization('secret')).toBe(`Basic ${Buffer.from('relay:secret').toString('base64')}`);
});

it.each([
  ['+15550003333', { type: 'phone', number: '+15550003333' }],
  ['sip:desk@example.com', { type: 'sip', sipUri: 'sip:desk@example.com' }],
])('a caller is connected with %s', (target, whom) => {
  expect(dial(target)).toEqual([{ verb: 'dial', target: [whom] }]);
});

describe('a line', () => {
  const lineAt = (apiBaseUrl: string, line: object = {}) => {
    const telephony = telephonyFor('jambonz', apiBaseUrl, { accountSid: account, apiKey: 'a-key-0123456789', ...line });
    const found = jambonz.lineOf(orgWith({ telephony }), 'https://relay.example.com');
    if (found === undefined) throw new Error('There is no line.');
    return found;
  };

  it.each(['https://voip.example.com/api', 'https://voip.example.com/api/'])(
    'hangs up and transfers below %s',
    async (base) => {
      const line = lineAt(base);
      const common = {
        origin: 'https://voip.example.com',
        path: `/api/v1/Accounts/${account}/Calls/u%2F1`,
        method: 'PUT',
        headers: { authorization: 'Bearer a-key-0123456789', 'content-type': 'application/json' },
      };
      const said = (what: object) => ({ ...common, body: Buffer.from(JSON.stringify(what)) });
      expect(await line.hangUp?.('u/1')).toEqual(said({ call_status: 'completed' }));
      const callHook = { url: 'https://relay.example.com/telephony/jambonz/transfer', method: 'POST' };
      expect(await line.transfer('u/1')).toEqual(said({ call_hook: callHook }));
    },
  );

  it('transfers to nobody where nobody is there', async () => {
    expect(await lineAt('https://voip.example.com', { transferTo: undefined }).transfer('u1')).toBeUndefined();
  });

  it.each([
    [404, true],
    [422, true],
    [400, false],
    [401, false],
    [500, false],
  ])('takes an answer of %d for the end of a call: %s', (httpStatus, isOver) => {
    const answer = { kind: 'answered', httpStatus, body: Buffer.alloc(0), retryAfter: undefined } as const;
    expect(lineAt('https://voip.example.com').saysOver(answer)).toBe(isOver);
  });
});
