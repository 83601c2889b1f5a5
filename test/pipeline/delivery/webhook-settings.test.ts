import { webhookFault } from '../../../pipeline/delivery/webhook-settings';

const settings = {
  url: 'https://hooks.example.com/secret',
  maxConcurrent: 10,
  events: [],
  allowLoopback: false,
  allowPrivateNetwork: false,
};
const secret = Buffer.alloc(24, 7).toString('base64');

it('finds no fault in what is in order', () => {
  const signingSecrets = [secret, `whsec_${Buffer.alloc(64, 7).toString('base64')}`];
  expect(webhookFault({ ...settings, headers: { 'X-Team': 'north' }, signingSecrets })).toBeUndefined();
});

it.each<[object, string]>([
  [{ url: 'http://hooks.example.com/secret' }, 'webhook.url: the URL must begin with https:'],
  [{ headers: { 'Idempotency-Key': 'x' } }, 'webhook.headers: "Idempotency-Key" is set by the relay itself.'],
  [{ headers: { Host: 'x' } }, 'webhook.headers: "Host" is set by the relay itself.'],
  [{ headers: { 'a b': 'x' } }, 'webhook.headers: "a b" is no valid HTTP header.'],
  [{ headers: { a: 'x\r\nsecret: y' } }, 'webhook.headers: "a" is no valid HTTP header.'],
  [{ signingSecrets: [secret, 'secret words'] }, 'webhook.signingSecrets: each must be base64'],
  [{ signingSecrets: [Buffer.alloc(23).toString('base64')] }, 'webhook.signingSecrets: each must be base64'],
  [{ maxConcurrent: 0 }, 'webhook.maxConcurrent: must be a whole number of at least 1.'],
])('names the setting in %j, but not its value', (change, fault) => {
  const found = webhookFault({ ...settings, ...change });
  expect(found).toMatch(new RegExp(`^${fault.replace(/[.]/g, '\\.')}`));
  expect(found).not.toContain('secret');
});
