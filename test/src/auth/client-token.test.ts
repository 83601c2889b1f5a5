import { SignJWT, UnsecuredJWT } from 'jose';
import { createClientTokens } from '../../../src/auth/client-token';

const secret = 'a secret long enough for any of the algorithms that a forger might try to use';
const nowMs = Date.parse('2024-12-20T15:00:00Z');
const tokens = createClientTokens(secret, () => nowMs);

it('names the org and when it ends, in seconds', async () => {
  const { value, expiresAt } = await tokens.mint('acme', 60);
  expect(value).toMatch(/^ek_[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(expiresAt).toBe(nowMs / 1_000 + 60);
  expect(await tokens.verify(value)).toEqual({ kind: 'valid', orgId: 'acme' });
});

it('lasts ten minutes unless told otherwise', async () => {
  expect((await tokens.mint('acme')).expiresAt).toBe(nowMs / 1_000 + 600);
});

it('opens sessions until it expires and not after', async () => {
  const { value } = await tokens.mint('acme', 60);
  expect(await createClientTokens(secret, () => nowMs + 59_000).verify(value)).toMatchObject({ kind: 'valid' });
  expect(await createClientTokens(secret, () => nowMs + 60_000).verify(value)).toEqual({ kind: 'expired' });
});

it('ends with the process where no secret is set', async () => {
  const { value } = await createClientTokens(undefined).mint('acme');
  expect(await createClientTokens(undefined).verify(value)).toEqual({ kind: 'forged' });
});

describe('a forgery', () => {
  const key = Buffer.from(secret);
  const claims = (alg = 'HS256') =>
    new SignJWT({ org: 'acme' })
      .setProtectedHeader({ alg })
      .setIssuer('realtime-relay')
      .setAudience('realtime-relay/session')
      .setExpirationTime(nowMs / 1_000 + 60);

  it.each([
    ['without a signature', () => new UnsecuredJWT({ org: 'acme' }).setExpirationTime('1h').encode()],
    ['for another audience', () => claims().setAudience('elsewhere').sign(key)],
    ['of another issuer', () => claims().setIssuer('somebody').sign(key)],
    ['with another algorithm', () => claims('HS512').sign(key)],
    ['that is not a token at all', () => 'sk-live'],
  ])('%s is seen', async (_case, forge) => {
    expect(await tokens.verify(`ek_${await forge()}`)).toEqual({ kind: 'forged' });
  });

  it('that never expires is seen', async () => {
    const endless = await new SignJWT({ org: 'acme' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('realtime-relay')
      .setAudience('realtime-relay/session')
      .sign(key);
    expect(await tokens.verify(`ek_${endless}`)).toEqual({ kind: 'forged' });
  });

  it('with one character changed is seen', async () => {
    const { value } = await tokens.mint('acme');
    const [head = '', body = '', signature = ''] = value.split('.');
    const claim = Buffer.from(body, 'base64url').toString().replace('acme', 'evil');
    const changed = [head, Buffer.from(claim).toString('base64url'), signature].join('.');
    expect(await tokens.verify(changed)).toEqual({ kind: 'forged' });
  });
});
