import { endings, type EndCause } from '../../relay';
import { type Faults } from '../../simulator';
import { selfSigned } from '../pipeline/support/certificate';
import { Closing } from '../pipeline/support/closing';
import { type Client } from '../simulator/support/client';
import { call, dial, endOf, type House, type HouseParts, openHouse } from './support/house';

const opened = new Closing();
afterEach(() => opened.all());

const houseWith = (faults: Faults, parts: HouseParts = {}) =>
  openHouse(opened, { ...parts, simulator: { faults, ...parts.simulator } });

/** Expects the client to be told once why the session ended, in the relay's own words, and the log to name it. */
async function expectEnding(client: Client, house: House, cause: EndCause): Promise<void> {
  const { closeCode, text } = endings[cause];
  expect(await client.closed).toEqual({ code: closeCode, reason: cause });
  const errors = client.all('error').map(({ json }) => json);
  expect(errors).toEqual([
    {
      type: 'error',
      event_id: expect.any(String) as string,
      error: { type: expect.any(String) as string, code: cause, message: text, param: null, event_id: null },
    },
  ]);
  expect(client.types().at(-1)).toBe('error');
  expect(client.events.map(({ raw }) => raw).join('')).not.toMatch(/secret detail|sk-/);
  expect(house.log.some((line) => line.includes('"Session ended"') && line.includes(`"cause":"${cause}"`))).toBe(true);
}

describe('upstream that cannot be reached is named to the client', () => {
  const message = 'secret detail of the account';

  it.each<[string, EndCause, Faults]>([
    ['a refused key', 'upstream_unauthorized', { handshake: { status: 401, message } }],
    ['a project without access', 'upstream_forbidden', { handshake: { status: 403, message } }],
    ['an unknown model', 'upstream_not_found', { handshake: { status: 404, message } }],
    ['any other refusal', 'upstream_refused', { handshake: { status: 400, message } }],
    ['too many sessions', 'upstream_rate_limited', { handshake: { status: 429, message, retryAfter: 1 } }],
    ['a failing server', 'upstream_unavailable', { handshake: { status: 500, message } }],
    ['a busy server', 'upstream_unavailable', { handshake: { status: 503, message } }],
    ['a cut connection', 'upstream_unavailable', { handshake: 'drop' }],
    ['settings that are refused', 'configuration_refused', { sessionUpdate: 'refuse' }],
  ])('%s: %s', async (_fault, cause, faults) => {
    const house = await houseWith(faults);
    await expectEnding(dial(opened, house.url), house, cause);
    expect(house.simulator.handshakes).toBe(1);
  });

  it.each<[string, Faults]>([
    ['a handshake', { handshake: 'hang' }],
    ['the answer to the settings', { sessionUpdate: 'ignore' }],
  ])('%s that never comes: upstream_timeout', async (_what, faults) => {
    const house = await houseWith(faults, { limits: { upstreamConnectMs: 200 } });
    await expectEnding(dial(opened, house.url), house, 'upstream_timeout');
  });

  it('nobody who listens: upstream_unavailable', async () => {
    const house = await houseWith({});
    await house.simulator.close();
    await expectEnding(dial(opened, house.url), house, 'upstream_unavailable');
  });

  it('a certificate nobody vouches for: upstream_tls', async () => {
    const house = await houseWith({}, { simulator: { tls: await selfSigned() } });
    await expectEnding(dial(opened, house.url), house, 'upstream_tls');
    expect(house.simulator.handshakes).toBe(0);
  });
});

describe('upstream that goes away in the middle is named to the client', () => {
  it('a closed connection: upstream_closed', async () => {
    const house = await houseWith({});
    const client = await call(opened, house);
    (await house.simulator.session(0)).close(1011, 'secret detail');
    await expectEnding(client, house, 'upstream_closed');
  });

  it('a connection that breaks: upstream_closed', async () => {
    const house = await houseWith({});
    const client = await call(opened, house);
    (await house.simulator.session(0)).drop();
    await expectEnding(client, house, 'upstream_closed');
  });

  it('a peer that does not answer any more: upstream_unresponsive', async () => {
    const house = await houseWith({}, { limits: { pingMs: 100, deadPeerMs: 3_000 } });
    const client = await call(opened, house);
    house.simulator.faults = { halfOpenAfterEvents: 1 };
    (await house.simulator.session(0)).inject({ type: 'input_audio_buffer.cleared' });
    await client.next('input_audio_buffer.cleared');
    await expectEnding(client, house, 'upstream_unresponsive');
  });

  it('an hour that is over: session_expired', async () => {
    const house = await houseWith({}, { simulator: { sessionMaxMs: 300 } });
    const client = dial(opened, house.url);
    await expectEnding(client, house, 'session_expired');
  });

  it('an account without credit: upstream_account', async () => {
    const fail = { type: 'insufficient_quota', code: 'insufficient_quota', message: 'secret detail' };
    const house = await houseWith({}, { simulator: { scenario: { name: 'broke', turns: [{ steps: [{ fail }] }] } } });
    const client = await call(opened, house);
    expect(await client.ask('Hello?')).toMatchObject({ status: 'failed' });
    await expectEnding(client, house, 'upstream_account');
  });
});

describe('a client that goes away', () => {
  it('takes its session upstream with it', async () => {
    const house = await openHouse(opened);
    const client = await call(opened, house);
    const session = await house.simulator.session(0);
    client.socket.terminate();
    expect(await endOf(session)).toMatchObject({ code: 1000 });
    expect(house.relay.sessionCount()).toBe(0);
  });
});
