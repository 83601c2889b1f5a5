import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { HandshakeFault, Simulator } from '../../simulator';
import { Client, closeAll, connect, record, start } from './support/client';
import { refusedHandshake } from './support/refused-handshake';

afterEach(closeAll);

const AUTHORIZED = { authorization: 'Bearer sk-test' };

describe('the handshake', () => {
  it.each([
    ['an authorization header', AUTHORIZED, []],
    ['a subprotocol', {}, ['realtime', 'openai-insecure-api-key.sk-test']],
  ])('accepts a key in %s', async (_, headers, protocols) => {
    const simulator = await start({ apiKeys: ['sk-test'] });
    const socket = new WebSocket(`${simulator.url}?model=gpt-realtime`, protocols, { headers });
    await once(socket, 'message');
    expect(socket.protocol).toBe(protocols[0] ?? '');
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  it.each([
    [401, '?model=gpt-realtime', {}],
    [401, '?model=gpt-realtime', { authorization: 'Bearer wrong' }],
    [401, '?model=gpt-realtime', { 'api-key': 'sk-test' }],
    [401, '?model=gpt-realtime&api-key=sk-test', {}],
    [400, '', AUTHORIZED],
    [400, '?model=gpt-realtime&call_id=rtc_1', AUTHORIZED],
    [400, '?intent=transcription', AUTHORIZED],
    [404, '?model=whisper-1', AUTHORIZED],
    [404, '/calls?model=gpt-realtime', AUTHORIZED],
  ])('answers %i to a request for "%s" with %j', async (status, suffix, headers) => {
    const simulator = await start({ apiKeys: ['sk-test'] });
    const { statusCode, error } = await refusedHandshake(`${simulator.url}${suffix}`, headers);
    expect(statusCode).toBe(status);
    expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
  });

  it.each([401, 403, 404, 429, 500, 503] as const)('answers %i on demand, with the body OpenAI has', async (status) => {
    const simulator = await start({ faults: { handshake: { status, retryAfter: 7, message: 'As told.' } } });
    const { statusCode, headers, error } = await refusedHandshake(`${simulator.url}?model=gpt-realtime`, AUTHORIZED);
    expect(statusCode).toBe(status);
    expect(headers['retry-after']).toBe('7');
    expect(error['message']).toBe('As told.');
  });

  it('lets the next client in once the fault is gone', async () => {
    const simulator = await start({ faults: { handshake: { status: 503 } } });
    await refusedHandshake(`${simulator.url}?model=gpt-realtime`, AUTHORIZED);
    simulator.faults = {};
    await connect(simulator);
    expect(simulator.handshakes).toBe(2);
    expect(simulator.sessions).toHaveLength(1);
  });

  it.each<HandshakeFault>(['hang', 'drop'])('can %s without an answer', async (fault) => {
    const simulator = await start({ faults: { handshake: fault } });
    const socket = new WebSocket(`${simulator.url}?model=gpt-realtime`, { headers: AUTHORIZED, handshakeTimeout: 200 });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(fault === 'hang' ? /timed out/ : /hang up|ECONNRESET/);
  });

  it.each([
    ['a header', [], { 'openai-beta': 'realtime=v1' }],
    ['a subprotocol', ['realtime', 'openai-beta.realtime-v1'], {}],
  ])('refuses the beta dialect asked for in %s, after the upgrade', async (_, protocols, headers) => {
    const simulator = await start();
    const client = new Client(
      new WebSocket(`${simulator.url}?model=gpt-realtime`, protocols, { headers: { ...AUTHORIZED, ...headers } }),
    );
    const { json } = await client.next('error');
    expect(record(json['error'])['code']).toBe('beta_api_shape_disabled');
    expect((await client.closed).code).toBe(4000);
    expect(simulator.sessions).toHaveLength(0);
  });

  it('answers pings', async () => {
    const client = await connect(await start());
    client.socket.ping('are you there');
    const [data] = (await once(client.socket, 'pong')) as [Buffer];
    expect(data.toString()).toBe('are you there');
  });

  it('answers plain HTTP with a JSON error', async () => {
    const simulator: Simulator = await start();
    const answer = await fetch(simulator.url.replace('ws:', 'http:'));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toHaveProperty('error.message');
  });
});
