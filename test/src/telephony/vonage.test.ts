import { createPrivateKey, createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { signedBearer } from '../../../simulator/carriers';
import { applicationToken } from '../../../src/telephony/vonage/application-token';
import { connectWebSocket, connectWith } from '../../../src/telephony/vonage/ncco';
import { readNotice } from '../../../src/telephony/vonage/notice';
import { isSignedByVonage, signedTokenAgeS, signedTokenSkewS } from '../../../src/telephony/vonage/signed-token';
import { applicationKeys } from '../../e2e/support/phone-carriers';

const secret = 'signature-secret-0123456789';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const madeAtMs = 1_700_000_000_000;
const claims = { iat: 1_700_000_000, jti: 'j1', iss: 'Vonage', application_id: applicationId, api_key: 'abcd1234' };
const body = '{"uuid":"u1","status":"answered"}';
const payloadHash = 'b77d70af5528e2be2d40ccc23fe31b5031cd31bfbf7d43167e8d5efa2c22761e';

/** Whether a token is taken, as that of a webhook with a body or of a media socket. */
const isTaken = (
  token: string,
  { secrets = [secret], webhook = undefined as string | undefined, nowMs = madeAtMs } = {},
) => isSignedByVonage({ secrets, applicationId }, { authorization: `Bearer ${token}` }, webhook, nowMs);

it('the vector of the telephony reference, section 16, is signed', async () => {
  const vector =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDAsImp0aSI6ImoxIiwiaXNzIjoiVm9uYWdlIiwiYXBwbGljYXRpb25faWQi' +
    'OiJhYWFhYWFhYS1iYmJiLWNjY2MtZGRkZC0wMTIzNDU2Nzg5YWIiLCJhcGlfa2V5IjoiYWJjZDEyMzQifQ.bO93FCPd2GUAxtu9HyrkhhMTDRQp545SnS4' +
    '_B0V8-mY';
  expect(await isTaken(vector)).toBe(true);
  expect(await isTaken(vector, { secrets: ['new-secret-012345', secret] })).toBe(true);
  expect(await isTaken(vector, { secrets: ['another-secret-012345'] })).toBe(false);
});

it('a webhook is signed when its token vouches for its body', async () => {
  const token = signedBearer({ ...claims, payload_hash: payloadHash }, secret);
  expect(await isTaken(token, { webhook: body })).toBe(true);
  expect(await isTaken(token, { webhook: `${body} ` })).toBe(false);
  expect(await isTaken(signedBearer(claims, secret), { webhook: body })).toBe(false);
});

it('a token is taken for a while, by clocks that may differ', async () => {
  const token = signedBearer(claims, secret);
  const isTakenAfter = (seconds: number) => isTaken(token, { nowMs: madeAtMs + seconds * 1_000 });
  expect(await isTakenAfter(signedTokenAgeS + signedTokenSkewS - 1)).toBe(true);
  expect(await isTakenAfter(signedTokenAgeS + signedTokenSkewS + 2)).toBe(false);
  expect(await isTakenAfter(-signedTokenSkewS + 1)).toBe(true);
  expect(await isTakenAfter(-signedTokenSkewS - 2)).toBe(false);
});

const none = { alg: 'none', typ: 'JWT' };
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each([
  ['none', ''],
  ['no token', 'AAAA'],
  ['of another application', signedBearer({ ...claims, application_id: 'x' }, secret)],
  ['of nobody', signedBearer({ ...claims, application_id: undefined }, secret)],
  ['without its time', signedBearer({ ...claims, iat: undefined }, secret)],
  ['signed by nobody', `${encoded(none)}.${encoded(claims)}.`],
])('a token is not right that is %s', async (_what, token) => {
  expect(await isTaken(token)).toBe(false);
});

it('the token of an application is signed with its key, for a while, and never the same', async () => {
  const key = createPrivateKey(applicationKeys.privateKey);
  const [first, second] = [await applicationToken(applicationId, key), await applicationToken(applicationId, key)];
  const { payload } = await jwtVerify(first, createPublicKey(applicationKeys.publicKey), { algorithms: ['RS256'] });
  expect(payload).toMatchObject({ application_id: applicationId, jti: expect.any(String) as string });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  expect(decodeProtectedHeader(first)).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(first).not.toBe(second);
});

it('a stream knows the uuid of the caller’s own leg', () => {
  expect(connectWebSocket({ url: 'wss://relay.example.com/x', callId: 'u1' }, 'audio/l16;rate=24000')).toMatchObject([
    { endpoint: [{ uri: 'wss://relay.example.com/x', headers: { caller_uuid: 'u1' } }] },
  ]);
});

it.each([
  ['+15550003333', { type: 'phone', number: '15550003333' }],
  ['sip:desk@example.com', { type: 'sip', uri: 'sip:desk@example.com' }],
])('a caller is connected with %s under the number that was called', (target, endpoint) => {
  expect(connectWith(target, '+15550002222')).toEqual([
    { action: 'connect', from: '15550002222', endpoint: [endpoint] },
  ]);
});

it.each([
  ['a call', { uuid: 'u1', to: '15550002222', from: '15550001111' }, { callId: 'u1', called: '+15550002222' }],
  ['what became of a call', { uuid: 'u1', to: '15550002222', status: 'completed' }, 'news'],
  ['something else', { reason: 'A warning' }, 'news'],
  ['a call whose id is none', { uuid: 'u 1', to: '15550002222' }, undefined],
  ['a call without an id', { to: '15550002222' }, undefined],
  ['no object', [], undefined],
])('a webhook tells of %s', (_what, event, notice) => {
  expect(readNotice({ path: '/', headers: {}, body: JSON.stringify(event) })).toEqual(notice);
});

it('a webhook that is no JSON tells of nothing', () => {
  expect(readNotice({ path: '/', headers: {}, body: '{' })).toBeUndefined();
});
