import { TelnyxKey } from '../../../simulator/carriers';
import { signatureAgeS } from '../../../src/telephony/fresh';
import { command, saysOver } from '../../../src/telephony/telnyx/commands';
import { readNotice } from '../../../src/telephony/telnyx/notice';
import { isTelnyxSigned, telnyxKey } from '../../../src/telephony/telnyx/signature';

const key = telnyxKey('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
const another = telnyxKey(new TelnyxKey(Buffer.alloc(32, 1)).publicKey);
const signedAtMs = 1_700_000_000_000;
const body = '{"data":{"event_type":"streaming.started"}}';
const signature = 'YJyJisLQ5PsdDXV0xVFsX3THFjN5ftO1PEVjDDeyk3MbZPBSE8M0Wonq2DrghnuYXiT6/GECyhGMgLOO/d/HCQ==';
const headers = { 'telnyx-timestamp': '1700000000', 'telnyx-signature-ed25519': signature };

it('the vector of the telephony reference, section 16, is signed', () => {
  expect(isTelnyxSigned([key], { headers, body }, signedAtMs)).toBe(true);
  expect(isTelnyxSigned([another, key], { headers, body }, signedAtMs)).toBe(true);
  expect(isTelnyxSigned([another], { headers, body }, signedAtMs)).toBe(false);
});

it.each([
  ['over another body', { headers, body: `${body} ` }],
  ['over another time', { headers: { ...headers, 'telnyx-timestamp': '1700000001' }, body }],
  ['without its time', { headers: { 'telnyx-signature-ed25519': signature }, body }],
  ['of a time that is none', { headers: { ...headers, 'telnyx-timestamp': 'now' }, body }],
  ['not there', { headers: { 'telnyx-timestamp': '1700000000' }, body }],
  ['of another length', { headers: { ...headers, 'telnyx-signature-ed25519': 'AAAA' }, body }],
])('a signature is not right that is %s', (_what, request) => {
  expect(isTelnyxSigned([key], request, signedAtMs)).toBe(false);
});

it.each([
  [signatureAgeS, true],
  [signatureAgeS + 1, false],
  [-signatureAgeS, true],
  [-signatureAgeS - 1, false],
])('a signature that is %d seconds old is taken: %s', (seconds, isTaken) => {
  expect(isTelnyxSigned([key], { headers, body }, signedAtMs + seconds * 1_000)).toBe(isTaken);
});

const call = { call_control_id: 'v3:abc-DEF_1', to: '+15550002222', direction: 'incoming' };

it.each([
  ['a call', 'call.initiated', call, { callId: 'v3:abc-DEF_1', called: '+15550002222' }],
  ['a call of our own', 'call.initiated', { ...call, direction: 'outgoing' }, 'news'],
  ['what becomes of a call', 'call.hangup', call, 'news'],
  ['something without a call', 'number_order.complete', undefined, 'news'],
  ['a call whose id is none', 'call.initiated', { ...call, call_control_id: 'v3/..' }, undefined],
])('a webhook tells of %s', (_what, type, payload, notice) => {
  const event = { data: { event_type: type, payload } };
  expect(readNotice({ path: '/', headers: {}, body: JSON.stringify(event) })).toEqual(notice);
});

it.each(['', '{', '[]', '{"data":{}}'])('a webhook tells of nothing that is %j', (text) => {
  expect(readNotice({ path: '/', headers: {}, body: text })).toBeUndefined();
});

it('each command has an id of its own', () => {
  const ids = [0, 1].map(() => {
    const { path, body: sent } = command({ origin: 'https://api.telnyx.com', apiKey: 'KEY' }, 'v3:a', 'hangup');
    expect(path).toBe('/v2/calls/v3%3Aa/actions/hangup');
    return sent.toString();
  });
  expect(ids[0]).not.toBe(ids[1]);
});

it.each([
  [422, '{"errors":[{"code":"90018","title":"Call has already ended"}]}', true],
  [404, '', true],
  [422, '{"errors":[{"code":"10015"}]}', false],
  [401, '', false],
])('an answer of %d %s says that the call is over: %s', (httpStatus, text, isOver) => {
  expect(saysOver({ kind: 'answered', httpStatus, retryAfter: undefined, body: Buffer.from(text) })).toBe(isOver);
});
