import { type ServerResponse } from 'node:http';
import { endings, type EndCause } from '../../relay';
import { call, dial, endOf, type HouseParts } from '../e2e/support/house';
import { bookingAloud, booked } from '../e2e/support/conversations';
import { executeIntent } from '../e2e/support/intent-request';
import { recording } from '../e2e/support/recording';
import { tempDir } from '../e2e/support/temp-dir';
import { Closing } from '../pipeline/support/closing';
import { accept } from '../pipeline/support/webhook-catcher';
import { type Client, record } from '../simulator/support/client';
import { rawRequest, upgradeRequest } from '../src/support/raw-http';
import { killCommands, startCommand } from '../src/support/run-cli';
import { bearer, orgKey } from '../src/support/relay';
import { cut, drip, type Fault, pass, reset, silence, stall } from '../support/fault-proxy';
import { type FaultyHouse, openFaultyHouse } from './support/faulty-house';

// Starting upstream from its sources takes seconds where others use the processor too.
jest.setTimeout(120_000);

const opened = new Closing();
afterEach(() => opened.all());

const open = (parts?: HouseParts) => openFaultyHouse(opened, parts);

/** Expects the client to be told why its session ended. */
async function expectEnding(client: Client, house: FaultyHouse, cause: EndCause): Promise<void> {
  expect(await client.closed).toEqual({ code: endings[cause].closeCode, reason: cause });
  expect(record(client.all('error').at(-1)?.json['error'])).toMatchObject({
    code: cause,
    message: endings[cause].text,
  });
  expect(house.endings()).toEqual([cause]);
}

/** Expects the session upstream to have been closed properly, for a reason the client cannot be told. */
async function expectSilentEnding(house: FaultyHouse, cause: EndCause): Promise<void> {
  expect(await endOf(await house.simulator.session(0))).toMatchObject({ code: 1000 });
  expect(house.endings()).toEqual([cause]);
}

const cutAndReset = [
  ['cut', cut],
  ['reset', reset],
] as const;

describe('a peer that is gone without a word', () => {
  const limits = { pingMs: 100, deadPeerMs: 2_000 };

  it('is noticed where it is the client', async () => {
    const house = await open({ limits });
    await call(opened, house);
    house.front.goSilent();
    await expectSilentEnding(house, 'client_unresponsive');
  });

  it('is noticed where it is upstream', async () => {
    const house = await open({ limits });
    const client = await call(opened, house);
    house.back.goSilent();
    await expectEnding(client, house, 'upstream_unresponsive');
  });

  it('is noticed while the other side talks on', async () => {
    const house = await open({ limits });
    const client = await call(opened, house);
    house.back.goSilent();
    const talking = setInterval(() => client.send({ type: 'input_audio_buffer.append', audio: 'AAAA' }), 20);
    await expectEnding(client, house, 'upstream_unresponsive').finally(() => clearInterval(talking));
  });

  it.each<[string, Fault]>([
    ['the handshake', silence()],
    ['its first event', silence({ after: 300 })],
  ])('is noticed where upstream sends nothing instead of %s', async (_what, fault) => {
    const house = await open({ limits: { upstreamConnectMs: 500 } });
    house.back.down.fault = fault;
    await expectEnding(dial(opened, house.url), house, 'upstream_timeout');
  });
});

describe('a connection that breaks', () => {
  it.each(cutAndReset)('%s within a frame of the client: client_closed', async (_name, end) => {
    const house = await open();
    const client = await call(opened, house);
    house.front.up.fault = end({ after: 30 });
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(1_000) });
    await expectSilentEnding(house, 'client_closed');
    expect((await house.simulator.session(0)).received).toHaveLength(1);
  });

  it.each(cutAndReset)('%s within a frame to the client: client_closed', async (_name, end) => {
    const house = await open();
    const client = await call(opened, house);
    house.front.down.fault = end({ after: 30 });
    (await house.simulator.session(0)).inject({ type: 'input_audio_buffer.cleared' });
    expect((await client.closed).code).toBe(1006);
    await expectSilentEnding(house, 'client_closed');
  });

  it.each(cutAndReset)('%s within a frame of upstream: upstream_closed', async (_name, end) => {
    const house = await open();
    const client = await call(opened, house);
    house.back.down.fault = end({ after: 30 });
    (await house.simulator.session(0)).inject({ type: 'input_audio_buffer.cleared' });
    await expectEnding(client, house, 'upstream_closed');
    expect(client.all('input_audio_buffer.cleared')).toEqual([]);
  });

  it.each(cutAndReset)('%s within a frame to upstream: upstream_closed', async (_name, end) => {
    const house = await open();
    const client = await call(opened, house);
    house.back.up.fault = end({ after: 30 });
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(1_000) });
    await expectEnding(client, house, 'upstream_closed');
  });
});

describe('a handshake', () => {
  it.each(cutAndReset)('of a client, %s within the request, opens nothing', async (_name, end) => {
    const house = await open();
    house.front.up.fault = end({ after: 60 });
    await dial(opened, house.url).closed;
    await house.front.heal();
    await call(opened, house);
    expect(house.simulator.handshakes).toBe(1);
    expect(house.endings()).toEqual([]);
  });

  it.each(cutAndReset)('of a client, %s within the answer, opens nothing that lasts', async (_name, end) => {
    const house = await open();
    house.front.down.fault = end({ after: 30 });
    await dial(opened, house.url).closed;
    await house.front.heal();
    await call(opened, house);
    expect(house.endings()).toEqual(['client_closed']);
    expect(house.relay.sessionCount()).toBe(1);
  });

  it('of a client that comes in too slowly is refused', async () => {
    const house = await open({ limits: { handshakeMs: 300 } });
    house.front.up.fault = drip(1, 100);
    const answer = await rawRequest(house.front.port, upgradeRequest(house.relay.port, bearer(orgKey)));
    expect(answer.status).toBe(408);
    expect(house.simulator.handshakes).toBe(0);
  });

  it.each(cutAndReset)('with upstream, %s within the request: upstream_unavailable', async (_name, end) => {
    const house = await open();
    house.back.up.fault = end({ after: 60 });
    await expectEnding(dial(opened, house.url), house, 'upstream_unavailable');
    expect(house.simulator.handshakes).toBe(0);
  });

  it.each(cutAndReset)('with upstream, %s within the answer: upstream_unavailable', async (_name, end) => {
    const house = await open();
    house.back.down.fault = end({ after: 30 });
    await expectEnding(dial(opened, house.url), house, 'upstream_unavailable');
  });

  it.each(cutAndReset)('with upstream, %s behind the answer: upstream_unavailable', async (_name, end) => {
    const house = await open();
    house.back.down.fault = end({ after: 300 });
    await expectEnding(dial(opened, house.url), house, 'upstream_unavailable');
  });
});

describe('a side that does not read', () => {
  const audio = 'A'.repeat(100_000);
  const many = 300;
  const limits = { bufferHighBytes: 100_000, bufferMaxBytes: 2 ** 30 };
  const slowClientMs = 2_000;

  /* Unless the other side were held up, `bufferMaxBytes` would end these sessions long before their time. */
  it('holds the client up where it is upstream, and ends the session after slowClientMs', async () => {
    const house = await open({ limits: { ...limits, bufferMaxBytes: 2_000_000, slowClientMs } });
    const client = await call(opened, house);
    house.back.up.fault = stall;
    for (let sent = 0; sent < many; sent += 1) client.send({ type: 'input_audio_buffer.append', audio });
    await expectEnding(client, house, 'upstream_stalled');
    expect(house.logged('Session ended')[0]?.['durationMs']).toBeGreaterThanOrEqual(slowClientMs);
  });

  it('holds upstream up where it is the client, and ends the session after slowClientMs', async () => {
    const house = await open({ limits: { ...limits, bufferMaxBytes: 2_000_000, slowClientMs } });
    await call(opened, house);
    house.front.down.fault = stall;
    await sendAudio(house, many);
    await expectSilentEnding(house, 'slow_client');
    expect(house.logged('Session ended')[0]?.['durationMs']).toBeGreaterThanOrEqual(slowClientMs);
  });

  it('loses nothing where it reads again in time, be it the client', async () => {
    const house = await open({ limits });
    const client = await call(opened, house);
    house.front.down.fault = stall;
    await sendAudio(house, many);
    await house.back.down.passed(5 * 1024 * 1024);
    house.front.down.fault = pass;
    const numbers: unknown[] = [];
    for (let heard = 0; heard < many; heard += 1) {
      numbers.push((await client.next('response.output_audio.delta')).json['event_id']);
    }
    expect(numbers).toEqual(numbered(many));
  });

  it('loses nothing where it reads again in time, be it upstream', async () => {
    const house = await open({ limits });
    const client = await call(opened, house);
    house.back.up.fault = stall;
    for (const event_id of numbered(many)) client.send({ type: 'input_audio_buffer.append', event_id, audio });
    await house.front.up.passed(5 * 1024 * 1024);
    house.back.up.fault = pass;
    await expectAppends(house, many);
  });

  async function sendAudio(house: FaultyHouse, count: number): Promise<void> {
    const session = await house.simulator.session(0);
    for (const event_id of numbered(count)) {
      session.inject({
        type: 'response.output_audio.delta',
        event_id,
        response_id: 'resp_x',
        item_id: 'x',
        delta: audio,
      });
    }
  }
});

it('a client that talks while upstream is still opening is heard from its first word', async () => {
  const house = await open();
  house.back.up.fault = stall;
  const client = dial(opened, house.url);
  await new Promise((resolve) => client.socket.once('open', resolve));
  const before = house.front.up.passedBytes;
  for (const event_id of numbered(50)) client.send({ type: 'input_audio_buffer.append', event_id, audio: 'AAAA' });
  await house.front.up.passed(before + 50 * 60);
  expect(house.simulator.handshakes).toBe(0);
  house.back.up.fault = pass;
  await expectAppends(house, 50);
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `event_${at}`);

/** Expects upstream to receive so many appends, in order. */
async function expectAppends(house: FaultyHouse, count: number): Promise<void> {
  const session = await house.simulator.session(0);
  const numberOf = (event: unknown) => record(event)['event_id'];
  await session.waitFor(({ event }) => numberOf(event) === numbered(count).at(-1), { timeoutMs: 60_000 });
  expect(session.received.filter((event) => record(event)['type'] !== 'session.update').map(numberOf)).toEqual(
    numbered(count),
  );
}

describe('a tool that runs while its session breaks', () => {
  /** A call whose webhook has been asked and has not answered. */
  async function midRound() {
    const pending: ServerResponse[] = [];
    const house = await open({
      simulator: { scenario: bookingAloud },
      answers: [(response) => void pending.push(response), accept],
    });
    const client = await call(opened, house);
    client.say(recording.words);
    client.send({ type: 'response.create' });
    await house.hook.caught(1);
    return { house, client, finish: () => pending.forEach((response) => response.end('{"id":"zap-1"}')) };
  }

  /** Expects the send to be on record, and the session upstream to have heard nothing of it. */
  async function expectRecorded(house: FaultyHouse): Promise<void> {
    const { text } = await executeIntent(house.relay.url, booked, bearer(orgKey));
    expect(JSON.parse(text)).toMatchObject({ success: true, is_duplicate: true });
    expect(house.hook.requests).toHaveLength(1);
    expect(JSON.stringify((await house.simulator.session(0)).received)).not.toContain('function_call_output');
  }

  it.each(cutAndReset)('upstream is %s: the send is finished and recorded, its output dropped', async (_name, end) => {
    const { house, client, finish } = await midRound();
    house.back.down.fault = end();
    await expectEnding(client, house, 'upstream_closed');
    finish();
    await expectRecorded(house);
  });

  it.each(cutAndReset)(
    'the client is %s: the send is finished and recorded, its output dropped',
    async (_name, end) => {
      const { house, finish } = await midRound();
      house.front.up.fault = end();
      await expectSilentEnding(house, 'client_closed');
      finish();
      await expectRecorded(house);
    },
  );
});

describe('upstream in a process that is stopped', () => {
  afterEach(killCommands);

  async function stoppable() {
    const simulate = startCommand(['simulate', '--port', '0'], await tempDir(opened));
    await simulate.prints('Simulator is listening at');
    const url = /ws:\S+/.exec(simulate.output.stdout)?.[0] ?? '';
    return { child: simulate.child, url };
  }

  it('is noticed in a call, and before one', async () => {
    const { child, url } = await stoppable();
    const limits = { pingMs: 100, deadPeerMs: 2_000, upstreamConnectMs: 3_000 };
    const house = await open({ variables: { OPENAI_REALTIME_URL: url }, limits });
    const client = await call(opened, house);
    child.kill('SIGSTOP');
    await expectEnding(client, house, 'upstream_unresponsive');

    const next = dial(opened, house.url);
    expect(await next.closed).toEqual({ code: endings.upstream_timeout.closeCode, reason: 'upstream_timeout' });

    child.kill('SIGCONT');
    await call(opened, house);
  });
});
