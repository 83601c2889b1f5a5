import * as fc from 'fast-check';
import { plivoSignature } from '../../../simulator/carriers';
import { readNotice } from '../../../src/telephony/plivo/notice';
import { isPlivoSigned } from '../../../src/telephony/plivo/signature';

const token = 'plivo-auth-token-0123456789abcdef';
const nonce = '12345678901234567890';
const call = { CallUUID: 'u1', From: '15550001111' };
const headers = (signature: string | undefined) => ({
  ...(signature === undefined ? {} : { 'x-plivo-signature-v3': signature }),
  'x-plivo-signature-v3-nonce': nonce,
});

describe('the vectors of the telephony reference, section 16', () => {
  it.each([
    ['wss://relay.example.com/telephony/plivo', undefined, 'p050p4+K2azb23e2pi+JlRcFCaPh3vYih5qIMDxAwyQ='],
    ['https://relay.example.com/telephony/plivo', undefined, 'qJ2bXn8FlyykQesSG3sXIsG30/gplW2A+e4S6fx6ccc='],
    ['https://relay.example.com/telephony/plivo?a=1&b=2', undefined, '4WRiYUMsTYtbu/4+5CXpMt7V1uHVfgnNuybEbxG9cSI='],
    ['https://relay.example.com/telephony/plivo?b=2&a=1', undefined, '4WRiYUMsTYtbu/4+5CXpMt7V1uHVfgnNuybEbxG9cSI='],
    ['https://relay.example.com/answer', call, 'g5fSsYSbE3doRoHCsivGJ2RqvTzZamyNXsADFrKL7gA='],
    ['https://relay.example.com/answer?a=1', call, 'qTIre6nOPX05QUx4GS2JU/rs+914m//Z6IYnwP5dgAE='],
  ])('%s %j', (url, fields, signature) => {
    const request = { urls: [url], ...(fields && { form: new URLSearchParams(fields) }) };
    expect(isPlivoSigned([token], request, headers(signature))).toBe(true);
    expect(isPlivoSigned(['new-token', token], request, headers(`AAAA, ${signature}`))).toBe(true);
    expect(isPlivoSigned(['another'], request, headers(signature))).toBe(false);
  });
});

const url = 'https://relay.example.com/answer';
const form = new URLSearchParams(call);
const right = 'g5fSsYSbE3doRoHCsivGJ2RqvTzZamyNXsADFrKL7gA=';

it.each([
  ['none', headers(undefined)],
  ['empty', headers('')],
  ['of another length', headers(right.slice(1))],
  ['without its nonce', { 'x-plivo-signature-v3': right }],
  ['of another nonce', { ...headers(right), 'x-plivo-signature-v3-nonce': '1' }],
])('a signature is not right that is %s', (_what, given) => {
  expect(isPlivoSigned([token], { urls: [url], form }, given)).toBe(false);
});

it.each([
  [8, true],
  [9, false],
])('a signature that is number %i of its header is right: %s', (place, isRight) => {
  const signatures = [...Array.from({ length: place - 1 }, () => 'AAAA'), right].join(', ');
  expect(isPlivoSigned([token], { urls: [url], form }, headers(signatures))).toBe(isRight);
});

it('whatever the fields, what Plivo signs is signed, and what anybody changes is not', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      fc.string({ minLength: 1 }),
      (fields, more) => {
        const sent = new URLSearchParams(fields);
        const signed = { method: 'POST', url: new URL(url), fields: Object.fromEntries(sent), nonce } as const;
        const signature = plivoSignature(token, signed);
        expect(isPlivoSigned([token], { urls: [url], form: sent }, headers(signature))).toBe(true);
        sent.append('One more', more);
        expect(isPlivoSigned([token], { urls: [url], form: sent }, headers(signature))).toBe(false);
      },
    ),
  );
});

const noticeOf = (fields: Record<string, string>) =>
  readNotice({ path: '/', headers: {}, body: new URLSearchParams(fields).toString() });

it.each([
  ['a call', { ...call, To: '15550002222', Event: 'StartApp' }, { callId: 'u1', called: '+15550002222' }],
  ['an address', { ...call, To: 'sip:desk@phone.plivo.com' }, { callId: 'u1', called: 'sip:desk@phone.plivo.com' }],
  ['the end of a call', { ...call, To: '15550002222', Event: 'Hangup' }, 'news'],
  ['a call that is over', { ...call, To: '15550002222', CallStatus: 'completed' }, 'news'],
  ['no call', { To: '15550002222' }, undefined],
  ['a call whose id is none', { CallUUID: 'u 1', To: '15550002222' }, undefined],
  ['nothing', {}, undefined],
])('a webhook tells of %s', (_what, fields, notice) => {
  expect(noticeOf(fields)).toEqual(notice);
});
