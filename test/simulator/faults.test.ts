import { once } from 'node:events';
import { WebSocket } from 'ws';
import { closeAll, connect, record, session, start } from './support/client';

afterEach(closeAll);

describe('faults on demand', () => {
  it('refuse the next responses as if one were active, with and without naming the event', async () => {
    const { simulator, client } = await session({ faults: { refuseResponseCreate: { times: 2, echoEventId: true } } });
    const create = { type: 'response.create', event_id: 'mine' };
    for (let time = 0; time < 2; time += 1) {
      expect(await client.refused(create)).toMatchObject({
        code: 'conversation_already_has_active_response',
        event_id: 'mine',
      });
    }
    client.send(create);
    expect((await client.done())['status']).toBe('completed');
    simulator.faults.refuseResponseCreate = { times: 1, echoEventId: false };
    expect(await client.refused(create)).toMatchObject({ event_id: null });
  });

  it('leave session.update without an answer, or refuse it', async () => {
    const { simulator, client } = await session({ faults: { sessionUpdate: 'ignore' } });
    const update = { type: 'session.update', event_id: 'mine', session: { type: 'realtime', instructions: 'New.' } };
    client.send(update);
    await (await simulator.session(0)).waitForReceived('session.update');
    simulator.faults = { sessionUpdate: 'refuse' };
    expect(await client.refused(update)).toMatchObject({ event_id: 'mine', param: 'session' });
    expect(client.all('session.updated')).toHaveLength(0);
  });

  it('close after so many events', async () => {
    const { client } = await session({ faults: { closeAfterEvents: { count: 2, code: 1011, reason: 'as told' } } });
    client.say('Hello');
    expect(await client.closed).toEqual({ code: 1011, reason: 'as told' });
    expect(client.events).toHaveLength(2);
  });

  it('delay every event and keep the order', async () => {
    const { client } = await session({ faults: { delayMs: 5 } });
    await client.ask('Hello');
    expect(client.types().at(0)).toBe('session.created');
    expect(client.types().indexOf('response.created')).toBeLessThan(client.types().indexOf('response.done'));
    const texts = client.all('response.output_audio_transcript.delta').map(({ json }) => String(json['delta']));
    expect(texts.join('')).toBe(client.all('response.output_audio_transcript.done')[0]?.json['transcript']);
  });

  it('leave a connection half open: nothing comes any more, not even a pong', async () => {
    const { simulator, client } = await session({ faults: { halfOpenAfterEvents: 1 } });
    let pongs = 0;
    client.socket.on('pong', () => (pongs += 1));
    client.socket.ping();
    client.say('Hello');
    simulator.faults = {};
    const other = new WebSocket(`${simulator.url}?model=gpt-realtime`, { headers: { authorization: 'Bearer x' } });
    await once(other, 'open');
    other.ping();
    await once(other, 'pong');
    other.terminate();
    expect(pongs).toBe(0);
    expect(client.events).toHaveLength(1);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('a test that holds a session', () => {
  it('sends any event, and any frame', async () => {
    const { simulator, client } = await session();
    const held = await simulator.session(0);
    held.inject({ type: 'something.new', item: { type: 'mystery' } });
    expect(Object.keys((await client.next('something.new')).json)).toEqual(['type', 'event_id', 'item']);
    held.inject({ type: 'error', event_id: 'chosen', error: { type: 'server_error', code: null, message: 'x' } });
    expect((await client.next('error')).json['event_id']).toBe('chosen');
    const raw = once(client.socket, 'message');
    held.injectFrame('{"type":"as.it.is"}');
    expect(String((await raw)[0])).toBe('{"type":"as.it.is"}');
  });

  it('closes and drops it', async () => {
    const simulator = await start();
    const closing = await connect(simulator);
    const dropping = await connect(simulator);
    (await simulator.session(0)).close(1001, 'going away');
    expect(await closing.closed).toEqual({ code: 1001, reason: 'going away' });
    (await simulator.session(1)).drop();
    expect((await dropping.closed).code).toBe(1006);
    expect(simulator.sessions).toHaveLength(2);
  });

  it('is forgotten after it closed, when there are too many', async () => {
    const simulator = await start({ closedSessions: 1 });
    for (let index = 0; index < 3; index += 1) {
      const client = await connect(simulator);
      client.socket.terminate();
      const held = simulator.sessions.at(-1);
      await held?.waitFor('never').catch(() => undefined);
    }
    await connect(simulator);
    expect(simulator.sessions.map(({ closedWith }) => closedWith?.code)).toEqual([1006, undefined]);
  });

  it('sees what came and went, in order', async () => {
    const { simulator, client } = await session();
    const held = await simulator.session(0);
    client.say('Hello');
    const done = await held.waitFor('conversation.item.done');
    await client.next('conversation.item.done');
    expect(record(record(done.event)['item'])['role']).toBe('user');
    expect(held.journal.entries.map(({ direction, type }) => `${direction} ${type ?? ''}`)).toEqual([
      'sent session.created',
      'received conversation.item.create',
      'sent conversation.item.added',
      'sent conversation.item.done',
    ]);
    expect(held.received).toHaveLength(1);
    expect(held.sent).toEqual(client.events.map(({ json }) => json));
  });

  it('is told when the session ended before what it waits for', async () => {
    const { simulator, client } = await session();
    const waiting = (await simulator.session(0)).waitFor('response.done');
    client.socket.close();
    await expect(waiting).rejects.toThrow(/The session ended first; last: sent session.created/);
    expect(simulator.sessions[0]?.closedWith).toEqual({ code: 1005, reason: '' });
  });
});
