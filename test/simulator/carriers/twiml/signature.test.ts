import { twimlSignature } from '../../../../simulator/carriers';

const TOKEN = '12345678901234567890123456789012';

/** Telephony reference, section 16: each made with the vendor's own helper. */
describe('the signature of Twilio', () => {
  it.each([
    ['wss://relay.example.com/telephony/twilio', 'qjoAo3mZ8AKi78dgoGxKjgpvKOs='],
    ['wss://relay.example.com/telephony/twilio/', 'tcmbRqHrO/m0iqrthYzBZJpf0GE='],
    ['wss://relay.example.com/telephony/twilio/tk_abc123', 'U9hzV7DiZ9xXnTs2BQPReNZtAGs='],
    ['https://relay.example.com/telephony/twilio', 'EBzfJLt+QEVjvDcgg3yTUBDdUzE='],
  ])('of %s', (url, signature) => {
    expect(twimlSignature(TOKEN, url)).toBe(signature);
  });

  it.each([
    [
      'https://relay.example.com/twiml',
      { To: '+15550002222', CallSid: 'CA0123456789abcdef0123456789abcdef', From: '+15550001111' },
      'mqanZVuFc0ZQ1eOSAzCJTo8A7qI=',
    ],
    [
      'https://relay.example.com/twilio/status?org=a',
      { CallSid: 'CA1', StreamEvent: 'stream-stopped' },
      'nNgbhTPLheGVMiPetiYJRBdpxmw=',
    ],
  ])('of a form to %s', (url, fields, signature) => {
    expect(twimlSignature(TOKEN, url, fields)).toBe(signature);
  });
});
