import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Closing } from '../pipeline/support/closing';
import { Client, record } from '../simulator/support/client';
import { bearer, orgKey } from '../src/support/relay';
import { bookingAloud, confirmation } from './support/conversations';
import { wordsHeard } from './support/exchange';
import { hangUp, type House, openHouse } from './support/house';
import { recording } from './support/recording';
import { expectPlainView } from './support/view';

const opened = new Closing();
afterEach(() => opened.all());

async function mint({ relay }: House, body: object = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${relay.url}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { ...bearer(orgKey), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return record(await response.json());
}

/** A page that the relay itself has served, which can set no header. */
function page({ relay, url }: House, protocols: string[]): WebSocket {
  return opened.add(new WebSocket(url, protocols, { origin: relay.url }), hangUp);
}

const credential = (token: unknown) => `openai-insecure-api-key.${String(token)}`;

describe('a browser', () => {
  it('books with a client token that it hands over as a subprotocol', async () => {
    const house = await openHouse(opened, { simulator: { scenario: bookingAloud } });
    const { value } = await mint(house);
    const socket = page(house, ['realtime', credential(value)]);
    const seen = new Client(socket);
    await seen.next('session.created');
    expect(socket.protocol).toBe('realtime');

    await seen.ask(recording.words);
    await seen.done();
    expect(wordsHeard(seen).at(-1)).toBe(confirmation);
    expect(house.hook.requests).toHaveLength(1);
    await expectPlainView(seen, house);
    expect([...house.log, ...seen.events.map(({ raw }) => raw)].join('\n')).not.toContain(value);
  });

  it('may open several sessions with one token, in whatever order it offers its protocols', async () => {
    const house = await openHouse(opened);
    const { value } = await mint(house);
    const seen = [1, 2].map(() => new Client(page(house, [credential(value), 'realtime'])));
    await Promise.all(seen.map((client) => client.next('session.created')));
    expect(seen.map(({ socket }) => socket.protocol)).toEqual(['realtime', 'realtime']);
    expect(house.relay.sessionCount()).toBe(2);
  });

  it('is let in with the protocols of the agents SDK, of which only the first is selected', async () => {
    const house = await openHouse(opened);
    const { value } = await mint(house);
    const socket = page(house, ['realtime', credential(value), 'openai-agents-sdk.0.20.0']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('realtime');
  });

  it('is not let in with a token that was changed', async () => {
    const house = await openHouse(opened);
    const { value } = await mint(house);
    const socket = page(house, ['realtime', credential(`${String(value).slice(0, -8)}AAAAAAAA`)]);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toBe('Unexpected server response: 401');
    expect(house.simulator.handshakes).toBe(0);
  });

  it('learns from the answer how long its token opens sessions, and nothing of the relay', async () => {
    const house = await openHouse(opened);
    const before = Math.floor(Date.now() / 1_000);
    const answer = await mint(house, {
      expires_after: { anchor: 'created_at', seconds: 7_200 },
      session: { type: 'realtime', instructions: 'Mine.', tools: [{ type: 'function', name: 'mine' }] },
    });
    expect(answer).toEqual({
      value: expect.stringMatching(/^ek_/) as string,
      expires_at: expect.any(Number) as number,
      session: {
        type: 'realtime',
        object: 'realtime.session',
        id: expect.stringMatching(/^sess_/) as string,
        model: 'gpt-realtime-2.1',
        instructions: '',
        tools: [],
        tool_choice: 'auto',
      },
    });
    expect(Number(answer['expires_at'])).toBeGreaterThanOrEqual(before + 7_200);
  });
});
