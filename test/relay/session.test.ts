import { createServer } from 'node:http';
import { WebSocket } from 'ws';
import { endings, type EndCause } from '../../relay';
import { Pairs } from './support/pair';

const pairs = new Pairs();
afterEach(() => pairs.close());

describe('a session', () => {
  it('passes audio both ways byte for byte', async () => {
    const { client, up } = await pairs.live();
    const append = '{ "type":"input_audio_buffer.append", "audio":"AAECAw==" }';
    client.socket.send(append);
    await up.next('input_audio_buffer.append');
    expect(String(up.frames.at(-1))).toBe(append);
    const delta = '{"type":"response.output_audio.delta", "event_id":"e","delta":"AAAA"}';
    up.socket.send(delta);
    await client.next('response.output_audio.delta');
    expect(String(client.frames.at(-1))).toBe(delta);
  });

  it('sends its key, its model and nothing of the client upstream', async () => {
    const seen = new Promise<{ url?: string | undefined; headers: NodeJS.Dict<string | string[]> }>((resolve) => {
      const server = createServer();
      server.on('upgrade', (request, socket) => {
        resolve({ url: request.url, headers: request.headers });
        socket.destroy();
      });
      void pairs
        .server(server)
        .then((url) => pairs.open({ url: `${url}?deployment=x`, client: { headers: { 'x-secret': 'mine' } } }));
    });
    const { url, headers } = await seen;
    expect(url).toBe('/v1/realtime?deployment=x&model=gpt-realtime-2.1');
    expect(headers['authorization']).toBe('Bearer sk-upstream');
    expect(headers).not.toHaveProperty('x-secret');
    expect(headers).not.toHaveProperty('openai-beta');
    expect(headers).not.toHaveProperty('sec-websocket-extensions');
    expect(headers).not.toHaveProperty('sec-websocket-protocol');
  });

  it('holds what the client says until upstream is configured, then sends it in order', async () => {
    const { client, upstream } = await pairs.open();
    const up = await upstream();
    client.send({ type: 'input_audio_buffer.append', audio: 'AAAA' });
    client.send({ type: 'input_audio_buffer.commit' });
    up.send({ type: 'session.created', event_id: 'e', session: {} });
    await up.next('session.update');
    expect(up.frames).toHaveLength(1);
    up.send({ type: 'session.updated', event_id: 'e', session: {} });
    await up.next('input_audio_buffer.append');
    await up.next('input_audio_buffer.commit');
  });

  it('runs a tool beside the conversation and gives its output to the model', async () => {
    let finish: (output: { output: string }) => void = () => undefined;
    const tools = {
      prepare: () => ({ execute: () => new Promise<{ output: string }>((resolve) => (finish = resolve)) }),
    };
    const { client, up } = await pairs.live({ tools });
    call(up);
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e' });
    await client.next('input_audio_buffer.speech_started');
    finish({ output: 'done' });
    const { item } = await up.next('conversation.item.create');
    expect(item).toEqual({ type: 'function_call_output', call_id: 'call_1', output: 'done' });
  });

  it.each([
    [
      'throws while preparing',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => ({ execute: () => Promise.reject(new Error('secret')) })],
  ])('answers the model when a tool %s', async (_what, prepare) => {
    const { up, client } = await pairs.live({ tools: { prepare } });
    call(up);
    const { item } = await up.next('conversation.item.create');
    expect(JSON.stringify(item)).toContain('tool_failed');
    expect(JSON.stringify(item)).not.toContain('secret');
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('lets a running tool finish when the client leaves, and closes upstream', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let release: () => void = () => undefined;
    const execute = async () => {
      await new Promise<void>((resolve) => (release = resolve));
      finish();
      return { output: '{}' };
    };
    const { client, up, session } = await pairs.live({ tools: { prepare: () => ({ execute }) } });
    call(up);
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e' });
    await client.next('input_audio_buffer.speech_started');
    client.socket.close();
    expect(await session.ended).toMatchObject({ cause: 'client_closed' });
    await up.closed;
    release();
    await finished;
    expect(up.frames.map(String).join()).not.toContain('function_call_output');
  });

  it('ends for the client when upstream closes, saying why', async () => {
    const { client, up, session } = await pairs.live();
    up.socket.close(1011, 'internal account org-123');
    await expectEnding(client, 'upstream_closed');
    expect(await session.ended).toMatchObject({ cause: 'upstream_closed' });
  });

  it('ends only once', async () => {
    const { client, session } = await pairs.live();
    session.end('idle');
    session.end('internal_error');
    session.drain();
    expect(await session.ended).toMatchObject({ cause: 'idle' });
    await expectEnding(client, 'idle');
  });

  it('drains a quiet session at once', async () => {
    const { client, session } = await pairs.live();
    session.drain();
    await expectEnding(client, 'draining');
  });
});

describe('a session whose upstream does not take it', () => {
  it.each<[number, EndCause]>([
    [401, 'upstream_unauthorized'],
    [403, 'upstream_forbidden'],
    [404, 'upstream_not_found'],
    [418, 'upstream_refused'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_unavailable'],
    [503, 'upstream_unavailable'],
    [301, 'upstream_unavailable'],
  ])('tells the client of a %i as %s', async (status, cause) => {
    const server = createServer((_request, response) => response.writeHead(status).end('{"error":"for org-123"}'));
    const url = await pairs.server(server);
    const { client } = await pairs.open({ url });
    await expectEnding(client, cause);
  });

  it('tells the client that nobody listens there', async () => {
    const server = createServer();
    const url = await pairs.server(server);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const { client } = await pairs.open({ url });
    await expectEnding(client, 'upstream_unavailable');
  });

  it('tells the client that the name does not resolve', async () => {
    const { client } = await pairs.open({ url: 'ws://upstream.invalid/v1/realtime' });
    await expectEnding(client, 'upstream_unavailable');
  });

  it('tells the client that TLS fails', async () => {
    const url = await pairs.server(createServer());
    const { client } = await pairs.open({ url: url.replace('ws:', 'wss:') });
    await expectEnding(client, 'upstream_tls');
  });

  it('tells the client that the handshake got no answer', async () => {
    const server = createServer();
    server.on('upgrade', () => undefined);
    const { client } = await pairs.open({ url: await pairs.server(server), limits: { upstreamConnectMs: 50 } });
    await expectEnding(client, 'upstream_timeout');
  });

  it('tells the client that the configuration got no answer', async () => {
    const { client, upstream } = await pairs.open({ limits: { upstreamConnectMs: 200 } });
    const up = await upstream();
    up.send({ type: 'session.created', event_id: 'e', session: {} });
    await expectEnding(client, 'upstream_timeout');
  });
});

describe('a limit', () => {
  it('messagesPerSecond ends the session of a client that floods', async () => {
    const { client } = await pairs.live({ limits: { messagesPerSecond: 5 } });
    for (let sent = 0; sent < 20; sent++) client.send({ type: 'input_audio_buffer.clear' });
    await expectEnding(client, 'too_many_messages');
  });

  it('maxMessageBytes ends the session of a client that sends too much at once', async () => {
    const { client, session } = await pairs.live({ limits: { maxMessageBytes: 1024 } });
    client.socket.send('x'.repeat(2048));
    expect((await client.closed).code).toBe(endings.message_too_large.closeCode);
    expect(await session.ended).toMatchObject({ cause: 'message_too_large' });
  });

  it('upstreamMessageBytes ends the session when upstream sends too much at once', async () => {
    const { client, up } = await pairs.live({ limits: { upstreamMessageBytes: 1024 } });
    up.socket.send('x'.repeat(2048));
    await expectEnding(client, 'upstream_protocol_error');
  });

  it('idleMs ends the session of a client that says nothing', async () => {
    const { client } = await pairs.live({ limits: { idleMs: 30 } });
    await expectEnding(client, 'idle');
  });

  it('sessionMaxMs ends the longest session', async () => {
    const { client } = await pairs.live({ limits: { sessionMaxMs: 300 } });
    await expectEnding(client, 'session_expired');
  });

  it('heldBytes stops reading a client until upstream is configured', async () => {
    const { client, upstream, session } = await pairs.open({
      limits: { heldBytes: 100_000, bufferHighBytes: 2 ** 30, bufferMaxBytes: 2 ** 30 },
    });
    const up = await upstream();
    const audio = 'A'.repeat(100_000);
    for (let sent = 0; sent < 300; sent++) client.send({ type: 'input_audio_buffer.append', audio });
    up.send({ type: 'session.created', event_id: 'e', session: {} });
    await up.next('session.update');
    // Thirty megabytes do not fit into the sockets' buffers: what is left over waits in the client.
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    up.send({ type: 'session.updated', event_id: 'e', session: {} });
    for (let received = 0; received < 300; received++) await up.next('input_audio_buffer.append');
    session.end('call_ended');
  });

  it('deadPeerMs ends the session of a client that does not answer pings', async () => {
    const { session } = await pairs.live({ limits: { pingMs: 10, deadPeerMs: 60 }, client: { autoPong: false } });
    expect(await session.ended).toMatchObject({ cause: 'client_unresponsive' });
  });

  it('bufferMaxBytes ends the session of a client that stops reading', async () => {
    const { client, up, session } = await pairs.live({ limits: { bufferHighBytes: 2 ** 30, bufferMaxBytes: 100_000 } });
    client.socket.pause();
    const delta = JSON.stringify({ type: 'response.output_audio.delta', delta: 'A'.repeat(100_000) });
    for (let sent = 0; sent < 300; sent++) up.socket.send(delta);
    expect(await session.ended).toMatchObject({ cause: 'slow_client' });
  });

  it('bufferHighBytes stops reading upstream, and slowClientMs ends the wait', async () => {
    const { client, up, session } = await pairs.live({
      limits: { bufferHighBytes: 100_000, bufferMaxBytes: 2 ** 30, slowClientMs: 200 },
    });
    client.socket.pause();
    const delta = JSON.stringify({ type: 'response.output_audio.delta', delta: 'A'.repeat(100_000) });
    for (let sent = 0; sent < 300; sent++) up.socket.send(delta);
    expect(await session.ended).toMatchObject({ cause: 'slow_client' });
    // Thirty megabytes were not taken from upstream: they are still waiting there.
    expect(up.socket.bufferedAmount).toBeGreaterThan(10_000_000);
  });

  it('bufferHighBytes lets upstream go on when a slow client has caught up, and nothing is lost', async () => {
    const { client, up } = await pairs.live({ limits: { bufferHighBytes: 100_000, bufferMaxBytes: 2 ** 30 } });
    client.socket.pause();
    for (let sent = 0; sent < 100; sent++) {
      up.send({ type: 'response.output_audio.delta', event_id: `e${sent}`, delta: 'A'.repeat(100_000) });
    }
    client.socket.resume();
    for (let received = 0; received < 100; received++) {
      expect((await client.next('response.output_audio.delta'))['event_id']).toBe(`e${received}`);
    }
  });
});

function call(up: { send(event: object): void }): void {
  const item = {
    id: 'item_f',
    type: 'function_call',
    call_id: 'call_1',
    name: 'book',
    arguments: '{}',
    status: 'completed',
  };
  up.send({ type: 'response.created', response: { id: 'resp_1', conversation_id: 'conv_1', output: [] } });
  up.send({ type: 'response.output_item.added', response_id: 'resp_1', output_index: 0, item });
  up.send({ type: 'response.output_item.done', response_id: 'resp_1', output_index: 0, item });
}

async function expectEnding(client: { next(type: string): Promise<object>; closed: Promise<object> }, cause: EndCause) {
  const error = await client.next('error');
  expect(error).toMatchObject({ error: { code: cause, message: endings[cause].text } });
  expect(JSON.stringify(error)).not.toContain('org-123');
  expect(await client.closed).toEqual({ code: endings[cause].closeCode, reason: cause });
}
