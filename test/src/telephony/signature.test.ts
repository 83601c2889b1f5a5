import * as fc from 'fast-check';
import { twimlSignature } from '../../../simulator/carriers';
import { isFormSigned } from '../../../src/telephony/twiml/signature';
import { urlForms } from '../../../src/telephony/url-forms';

const token = '12345678901234567890123456789012';
const none = new URLSearchParams();
const call = { CallSid: 'CA0123456789abcdef0123456789abcdef', From: '+15550001111', To: '+15550002222' };

describe('the vectors of the telephony reference, section 16', () => {
  it.each([
    ['wss://relay.example.com/telephony/twilio', {}, 'qjoAo3mZ8AKi78dgoGxKjgpvKOs='],
    ['wss://relay.example.com/telephony/twilio/', {}, 'tcmbRqHrO/m0iqrthYzBZJpf0GE='],
    ['wss://relay.example.com/telephony/twilio/tk_abc123', {}, 'U9hzV7DiZ9xXnTs2BQPReNZtAGs='],
    ['https://relay.example.com/twiml', call, 'mqanZVuFc0ZQ1eOSAzCJTo8A7qI='],
    [
      'https://relay.example.com/twilio/status?org=a',
      { CallSid: 'CA1', StreamEvent: 'stream-stopped' },
      'nNgbhTPLheGVMiPetiYJRBdpxmw=',
    ],
  ])('%s', (url, fields, signature) => {
    expect(isFormSigned([token], [url], new URLSearchParams(fields), signature)).toBe(true);
  });

  it('a media socket signed under https: is not signed', () => {
    const url = 'wss://relay.example.com/telephony/twilio';
    expect(isFormSigned([token], [url], none, 'EBzfJLt+QEVjvDcgg3yTUBDdUzE=')).toBe(false);
  });
});

const url = 'https://relay.example.com/telephony/twilio/voice';
const right = twimlSignature(token, url, call);
const form = new URLSearchParams(call);

it.each([
  ['none', undefined],
  ['empty', ''],
  ['of another length', right.slice(1)],
  ['twice in one header', `${right}, ${right}`],
  ['a repeated header', [right, right]],
  ['with another key', twimlSignature('another', url, call)],
  ['of another address', twimlSignature(token, `${url}?x=1`, call)],
  ['of other fields', twimlSignature(token, url, { ...call, To: '+15550009999' })],
])('a signature is not right that is %s', (_what, header) => {
  expect(isFormSigned([token], [url], form, header)).toBe(false);
});

it('while one key takes the place of another both are valid', () => {
  for (const key of ['new', token]) {
    expect(isFormSigned(['new', token], [url], form, twimlSignature(key, url, call))).toBe(true);
  }
});

it('the port that goes without saying may be said', () => {
  const signature = twimlSignature(token, 'https://relay.example.com:443/a?b=c', call);
  expect(isFormSigned([token], urlForms('https://relay.example.com', '/a?b=c'), form, signature)).toBe(true);
});

it('whatever the fields, what the carrier signs is signed, and what anybody changes is not', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      fc.string({ minLength: 1 }),
      (fields, more) => {
        const sent = new URLSearchParams(fields);
        const signature = twimlSignature(token, url, Object.fromEntries(sent));
        expect(isFormSigned([token], [url], sent, signature)).toBe(true);
        sent.append('One more', more);
        expect(isFormSigned([token], [url], sent, signature)).toBe(false);
      },
    ),
  );
});
