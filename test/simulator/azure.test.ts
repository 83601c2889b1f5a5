import { once } from 'node:events';
import { WebSocket } from 'ws';
import { closeAll, connect, record, session, start } from './support/client';
import { refusedHandshake } from './support/refused-handshake';

afterEach(closeAll);

const azure = { dialect: 'azure', apiKeys: ['sk-test'] } as const;
const key = { 'api-key': 'sk-test' };

describe('in Azure’s dialect, the handshake', () => {
  it('has a path of its own', async () => {
    const simulator = await start(azure);
    expect(new URL(simulator.url).pathname).toBe('/openai/v1/realtime');
    const elsewhere = simulator.url.replace('/openai', '');
    expect(await refusedHandshake(`${elsewhere}?model=voice`, key)).toMatchObject({ statusCode: 404 });
  });

  it.each([
    ['an api-key header', 'api-key header', '', key],
    ['an authorization header', 'bearer', '', { authorization: 'Bearer sk-test' }],
    ['the query', 'api-key query', '&api-key=sk-test', {}],
  ])('takes a key in %s, and any deployment for a model', async (_name, place, query, headers) => {
    const simulator = await start(azure);
    const socket = new WebSocket(`${simulator.url}?model=our-voices${query}`, { headers });
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({ type: 'session.created', session: { model: 'our-voices' } });
    expect((await simulator.session(0)).credentialIn).toBe(place);
    socket.terminate();
  });

  it.each([
    ['no key', 401, '?model=voice', {}],
    ['a wrong key', 401, '?model=voice', { 'api-key': 'wrong' }],
    ['an api-version', 401, '?model=voice&api-version=2025-04-01-preview', key],
    ['no deployment', 400, '', key],
    ['a deployment as the preview had it', 400, '?deployment=voice', key],
    ['a deployment that does not exist', 404, '?model=other', key],
  ])('refuses %s with %i', async (_name, status, query, headers) => {
    const simulator = await start({ ...azure, models: ['voice'] });
    expect((await refusedHandshake(`${simulator.url}${query}`, headers)).statusCode).toBe(status);
  });

  it('takes no key in a subprotocol', async () => {
    const simulator = await start(azure);
    const socket = new WebSocket(`${simulator.url}?model=voice`, ['realtime', 'openai-insecure-api-key.sk-test']);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });
});

describe('in Azure’s dialect, a session', () => {
  it('repeats the part of a message as its content', async () => {
    const { client } = await session(azure);
    await client.ask('Hello');
    for (const type of ['response.content_part.added', 'response.content_part.done']) {
      const { part, content } = client.all(type)[0]?.json ?? {};
      expect(part).toMatchObject({ type: 'audio' });
      expect(content).toEqual(part);
    }
  });

  it('says nothing of rate limits', async () => {
    const { simulator, client } = await session(azure);
    await client.ask('Hello');
    await client.update({});
    expect(client.types()).not.toContain('rate_limits.updated');
    expect((await simulator.session(0)).sent).toHaveLength(client.events.length);
  });

  it('does not reason with the highest effort', async () => {
    const { client } = await session(azure, 'gpt-realtime-2.1');
    await client.update({ reasoning: { effort: 'high' } });
    const update = { type: 'session.update', session: { type: 'realtime', reasoning: { effort: 'xhigh' } } };
    expect(await client.refused(update)).toMatchObject({ code: 'invalid_value', param: 'session.reasoning.effort' });
  });

  it('transcribes with a deployment, which must exist', async () => {
    const simulator = await start({ ...azure, models: ['voice', 'ears'] });
    const client = await connect(simulator, 'voice');
    const transcription = (model: string) => ({ audio: { input: { transcription: { model } } } });
    await client.update(transcription('ears'));
    client.send({ type: 'session.update', session: { type: 'realtime', ...transcription('whisper-1') } });
    expect(record((await client.next('error')).json['error'])).toMatchObject({
      type: 'server_error',
      code: 'DeploymentNotFound',
      param: 'session.audio.input.transcription.model',
    });
  });
});
