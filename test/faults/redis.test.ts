import { setTimeout as sleep } from 'node:timers/promises';
import { type Scenario } from '../../simulator';
import { booked } from '../e2e/support/conversations';
import { outputsOf } from '../e2e/support/exchange';
import { call, type House, openHouse } from '../e2e/support/house';
import { Closing } from '../pipeline/support/closing';
import { describeWithRedis, TestRedis } from '../support/redis-server';

/** Whenever it is asked for something the model books another appointment, and says what came of it. */
const bookings: Scenario = {
  name: 'one booking after the other',
  turns: [
    { when: { tool: 'create_appointment' }, steps: [{ say_tool_output: true }] },
    ...['first', 'second', 'third'].map((title) => ({
      when: { user: title },
      steps: [{ call: { name: 'create_appointment', arguments: { ...booked, title } } }],
    })),
  ],
};

describeWithRedis('a relay whose Redis fails', () => {
  const opened = new Closing();
  afterEach(() => opened.all());

  async function open(): Promise<{ readonly redis: TestRedis; readonly house: House }> {
    const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
    const variables = { STORE_URL: redis.url, RELAY_TOKEN_SECRET: 'r'.repeat(32) };
    const house = await openHouse(opened, { simulator: { scenario: bookings }, variables });
    // A server that is frozen would keep the relay from stopping for as long as it waits.
    opened.add(redis, ({ server }) => {
      server.thaw();
      return Promise.resolve();
    });
    return { redis, house };
  }

  const readyz = async ({ relay }: House): Promise<{ readonly status: number; readonly body: string }> => {
    const response = await fetch(`${relay.url}/readyz`);
    return { status: response.status, body: await response.text() };
  };

  async function ready(house: House): Promise<void> {
    const giveUpMs = Date.now() + 20_000;
    while ((await readyz(house)).status !== 200) {
      if (Date.now() > giveUpMs) throw new Error('The relay did not become ready again.');
      await sleep(10);
    }
  }

  it('says so to the model while it is frozen, lets audio pass, and books when it goes on', async () => {
    const { redis, house } = await open();
    const client = await call(opened, house);
    const session = await house.simulator.session(0);
    await client.ask('the first, please');
    expect(outputsOf(session)).toMatchObject([{ output: { success: true } }]);

    redis.server.freeze();
    client.say('the second, please');
    client.send({ type: 'response.create' });
    await session.waitFor('response.function_call_arguments.done');
    client.send({ type: 'input_audio_buffer.append', audio: 'AAAA' });
    await session.waitFor(({ event }) => (event as { type?: unknown }).type === 'input_audio_buffer.append');
    await client.done();
    expect(outputsOf(session)[1]).toMatchObject({
      output: { success: false, status: 'unavailable', should_retry: true },
    });
    expect(await readyz(house)).toEqual({ status: 503, body: expect.stringContaining('store slow') as string });
    expect(house.hook.requests).toHaveLength(1);

    redis.server.thaw();
    await ready(house);
    await client.ask('the second, please');
    expect(outputsOf(session)[2]).toMatchObject({ output: { success: true, is_duplicate: false } });
    expect(house.hook.requests).toHaveLength(2);
  });

  it('is not ready while it is gone or full, and says why', async () => {
    const { redis, house } = await open();
    await redis.ask('config', 'set', 'maxmemory', '1');
    expect(await readyz(house)).toEqual({ status: 503, body: expect.stringContaining('store full') as string });
    await redis.server.kill();
    expect(await readyz(house)).toEqual({ status: 503, body: expect.stringContaining('store down') as string });
    await redis.server.restart();
    await ready(house);
  });

  it('ends calls and stops while it is gone', async () => {
    const { redis, house } = await open();
    const client = await call(opened, house);
    await client.ask('the first, please');
    await redis.server.kill();
    await client.ask('the third, please');
    expect(outputsOf(await house.simulator.session(0))[1]).toMatchObject({ output: { status: 'unavailable' } });
    await house.relay.stop();
  });
});
