import { type Caller, createGate, type RequestFacts } from '../../src/auth';
import { createClientTokens } from '../../src/auth/client-token';
import { orgWith } from './support/org';

const acme = orgWith();
const other = orgWith({ id: 'other', apiKeys: ['other-key-0123456789', 'other-key-second'] });
const keyless = orgWith({ id: 'demo', apiKeys: [] });
const tokens = createClientTokens('s'.repeat(32));

const gate = createGate({
  orgs: [acme, other, keyless],
  operatorKey: 'operator-key-0123456789',
  publicUrl: undefined,
  tokens,
});

const request = (headers: RequestFacts['headers'], facts: Partial<RequestFacts> = {}): RequestFacts => ({
  headers: { host: '127.0.0.1:8000', ...headers },
  remoteAddress: '127.0.0.1',
  isEncrypted: false,
  ...facts,
});
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

/** Who it is, in one line. */
const summary = (caller: Caller) => {
  if (caller.kind === 'org') return `${caller.org.id} by ${caller.by}`;
  return caller.kind === 'refused' ? `${caller.refusal.status} ${caller.refusal.code}` : caller.kind;
};
const identify = async (facts: RequestFacts, at = gate) => summary(await at.identify(facts));

describe('a key', () => {
  it('says which org sent a request', async () => {
    expect(await identify(request(bearer('acme-key-0123456789')))).toBe('acme by key');
    expect(await identify(request(bearer('other-key-second')))).toBe('other by key');
  });

  it('says that the operator sent it', async () => {
    expect(await identify(request(bearer('operator-key-0123456789')))).toBe('operator');
  });

  it('may come as a subprotocol', async () => {
    const offered = 'realtime, openai-insecure-api-key.acme-key-0123456789, openai-beta.realtime-v1';
    expect(await identify(request({ 'sec-websocket-protocol': offered }))).toBe('acme by key');
  });

  it.each([
    ['a wrong key', bearer('acme-key-012345678')],
    ['a key in another case', bearer('ACME-KEY-0123456789')],
    ['another scheme', { authorization: 'Basic acme-key-0123456789' }],
    ['nothing after the scheme', { authorization: 'Bearer ' }],
    ['two words after the scheme', bearer('acme-key-0123456789 x')],
    ['an empty subprotocol', { 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.' }],
    [
      'two subprotocols',
      { 'sec-websocket-protocol': 'openai-insecure-api-key.acme-key-0123456789, openai-insecure-api-key.x' },
    ],
  ])('is refused where it is %s, even on this machine', async (_case, headers) => {
    expect(await identify(request(headers))).toBe('401 invalid_credential');
  });
});

describe('a client token', () => {
  it('opens sessions of its org', async () => {
    const { value } = await tokens.mint('other');
    expect(await identify(request(bearer(value)))).toBe('other by client_token');
  });

  it('is refused when its org is gone', async () => {
    const { value } = await tokens.mint('gone');
    expect(await identify(request(bearer(value)))).toBe('403 unknown_org');
  });

  it('is refused when it has expired, and told so', async () => {
    const { value } = await createClientTokens('s'.repeat(32), () => Date.now() - 700_000).mint('acme', 600);
    expect(await identify(request(bearer(value)))).toBe('401 token_expired');
  });

  it('is refused when somebody else signed it', async () => {
    const { value } = await createClientTokens('t'.repeat(32)).mint('acme');
    expect(await identify(request(bearer(value)))).toBe('401 invalid_credential');
  });
});

describe('an org without a key', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1:8000', undefined],
    ['::1', '[::1]:8000', undefined],
    ['::ffff:127.0.0.1', 'localhost', undefined],
    ['127.0.0.1', 'localhost:8000', 'http://localhost:5173'],
    ['127.0.0.1', 'relay.localhost:8000', 'http://127.0.0.1:8000'],
  ])('is open to %s asking %s from the page %s', async (remoteAddress, host, origin) => {
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    expect(await identify(request(headers, { remoteAddress }))).toBe('demo by this_machine');
  });

  it.each([
    ['another address', {}, { remoteAddress: '192.168.1.5' }],
    ['an unknown address', {}, { remoteAddress: undefined }],
    ['a name bent to this machine', { host: 'evil.example:8000' }, {}],
    ['no host', { host: undefined }, {}],
    ['a host that is none', { host: '127.0.0.1:8000/@evil.example' }, {}],
    ['a proxy', { forwarded: 'for=192.0.2.1' }, {}],
    ['a proxy of the older kind', { 'x-forwarded-for': '192.0.2.1' }, {}],
    ['a proxy that only tells the protocol', { 'x-forwarded-proto': 'https' }, {}],
    ['a page of another site', { origin: 'https://evil.example' }, {}],
    ['a page without an origin', { origin: 'null' }, {}],
    ['a page of a site with a telling name', { origin: 'http://localhost.evil.example' }, {}],
  ])('is closed to %s', async (_case, headers, facts) => {
    expect(await identify(request(headers, facts))).toBe('401 missing_credential');
  });

  it('does not exist where every org has a key', async () => {
    const strict = createGate({ orgs: [acme], operatorKey: undefined, publicUrl: undefined, tokens });
    expect(await identify(request({}), strict)).toBe('401 missing_credential');
  });
});

describe('a page', () => {
  const from = (origin: string, host = 'voice.example.com') => ({ ...bearer('acme-key-0123456789'), host, origin });
  const gateWith = (allowedOrigins: readonly string[] | undefined, publicUrl?: string) =>
    createGate({ orgs: [orgWith({ allowedOrigins })], operatorKey: undefined, publicUrl, tokens });

  it('may connect where it is the relay’s own', async () => {
    const strict = gateWith(undefined);
    expect(await identify(request(from('http://voice.example.com')), strict)).toBe('acme by key');
    expect(await identify(request(from('https://voice.example.com'), { isEncrypted: true }), strict)).toBe(
      'acme by key',
    );
    expect(await identify(request(from('https://voice.example.com')), strict)).toBe('403 origin_not_allowed');
    expect(await identify(request(from('http://evil.example')), strict)).toBe('403 origin_not_allowed');
  });

  it('is the relay’s own where it comes from the public URL', async () => {
    const behindProxy = gateWith(undefined, 'https://voice.example.com');
    expect(await identify(request(from('https://voice.example.com', '10.0.0.5:8000')), behindProxy)).toBe(
      'acme by key',
    );
    expect(await identify(request(from('http://10.0.0.5:8000', '10.0.0.5:8000')), behindProxy)).toBe(
      '403 origin_not_allowed',
    );
  });

  it('may connect where the org names it exactly', async () => {
    const listed = gateWith(['https://app.example.com']);
    expect(await identify(request(from('https://app.example.com')), listed)).toBe('acme by key');
    expect(await identify(request(from('https://app.example.com:8443')), listed)).toBe('403 origin_not_allowed');
    expect(await identify(request(from('http://voice.example.com')), listed)).toBe('403 origin_not_allowed');
  });

  it('must be listed for a client token as well', async () => {
    const { value } = await tokens.mint('acme');
    const facts = request({ ...bearer(value), origin: 'https://evil.example' });
    expect(await identify(facts)).toBe('403 origin_not_allowed');
  });

  it('may connect from this machine to an org without a key, also with a token of it', async () => {
    const { value } = await tokens.mint('demo');
    const from = (origin: string, more: RequestFacts['headers'] = {}) =>
      identify(request({ ...bearer(value), origin, ...more }));
    expect(await from('http://localhost:5173')).toBe('demo by client_token');
    expect(await from('http://127.0.0.1:8000')).toBe('demo by client_token');
    expect(await from('https://evil.example')).toBe('403 origin_not_allowed');
    expect(await from('null')).toBe('403 origin_not_allowed');
    expect(await from('http://localhost:5173', { host: 'evil.example' })).toBe('403 origin_not_allowed');
    expect(await from('http://localhost:5173', { 'x-forwarded-for': '192.0.2.1' })).toBe('403 origin_not_allowed');
  });
});
