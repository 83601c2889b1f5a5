import { createMediaTokens } from '../../../src/telephony/media-token';
import { createClientTokens } from '../../../src/auth/client-token';

const secret = 's'.repeat(32);
const validMs = 60_000;
const claim = { carrier: 'twilio', orgId: 'acme', callId: 'CA1' };

describe('a media token', () => {
  it('carries what another process with the same secret needs, and a ticket of its own', async () => {
    const clock = () => 1_000_000;
    const [mine, theirs] = [createMediaTokens(secret, clock), createMediaTokens(secret, clock)];
    const [first, second] = [
      await theirs.verify(await mine.mint(claim, validMs)),
      await theirs.verify(await mine.mint(claim, validMs)),
    ];
    expect(first).toEqual({
      kind: 'valid',
      claim,
      ticket: expect.stringMatching(/^media:[\w-]{36}$/) as string,
      isOwn: false,
      ageMs: 0,
    });
    expect(second).not.toEqual(first);
  });

  it('says whether this process made it, and how long ago', async () => {
    let nowMs = 1_000_000;
    const tokens = createMediaTokens(secret, () => nowMs);
    const token = await tokens.mint(claim, validMs);
    nowMs += 5_000;
    expect(await tokens.verify(token)).toMatchObject({ isOwn: true, ageMs: 5_000 });
  });

  it('can stand in an address', async () => {
    expect(await createMediaTokens(secret).mint(claim, validMs)).toMatch(/^[\w.-]{1,500}$/);
  });

  it('ends', async () => {
    let nowMs = 1_000_000;
    const tokens = createMediaTokens(secret, () => nowMs);
    const token = await tokens.mint(claim, validMs);
    nowMs += validMs - 1;
    expect(await tokens.verify(token)).toMatchObject({ kind: 'valid' });
    nowMs += 2_000;
    expect(await tokens.verify(token)).toEqual({ kind: 'expired' });
  });

  it.each([
    ['of another secret', () => createMediaTokens('t'.repeat(32)).mint(claim, validMs)],
    ['of a client', async () => (await createClientTokens(secret).mint('acme')).value.slice('ek_'.length)],
    ['changed', async () => `${(await createMediaTokens(secret).mint(claim, validMs)).slice(0, -4)}AAAA`],
    ['none', () => 'tk_abc123'],
  ])('is forged that is %s', async (_what, forged) => {
    expect(await createMediaTokens(secret).verify(await forged())).toEqual({ kind: 'forged' });
  });

  it('has a bearer that nobody can make without the secret', async () => {
    const tokens = createMediaTokens(secret);
    const token = await tokens.mint(claim, validMs);
    expect(tokens.bearerOf(token)).toBe(createMediaTokens(secret).bearerOf(token));
    expect(tokens.bearerOf(token)).not.toBe(createMediaTokens('t'.repeat(32)).bearerOf(token));
    expect(tokens.bearerOf(token)).not.toBe(tokens.bearerOf(await tokens.mint(claim, validMs)));
  });
});
