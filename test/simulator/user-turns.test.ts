import type { AudioFormat } from '../../simulator';
import { codecOf } from '../../simulator';
import { closeAll, list, record, session } from './support/client';
import { ALAW, append, appendTurn, MULAW, PCM, speech } from './support/audio';

afterEach(closeAll);

const WAITING = { name: 'waiting', turns: [{ steps: [{ wait_for: 'cancel' as const }] }] };

describe('turn detection', () => {
  it.each<[string, AudioFormat]>([
    ['PCM', PCM],
    ['mu-law', MULAW],
    ['A-law', ALAW],
  ])('hears a turn in %s and answers it', async (_, format) => {
    const { simulator, client } = await session({ defaultHeard: 'Hello there' });
    await client.update({ audio: { input: { format }, output: { format } } });
    appendTurn(client, 'Hello there', format);
    const started = (await client.next('input_audio_buffer.speech_started')).json;
    const stopped = (await client.next('input_audio_buffer.speech_stopped')).json;
    // Silence of 600 ms, then words; the mark stands before them by the prefix padding of 300 ms.
    expect(started['audio_start_ms']).toBeGreaterThanOrEqual(250);
    expect(started['audio_start_ms']).toBeLessThanOrEqual(400);
    const spokenMs = speech('Hello there', format).length / codecOf(format).bytesPerMs;
    expect(Math.abs(Number(stopped['audio_end_ms']) - (600 + spokenMs + 500))).toBeLessThanOrEqual(60);
    expect(stopped['item_id']).toBe(started['item_id']);
    const done = await client.done();
    expect(done['status']).toBe('completed');
    const heardMs = Number(stopped['audio_end_ms']) - Number(started['audio_start_ms']);
    expect(done).toMatchObject({ usage: { input_token_details: { audio_tokens: Math.ceil(heardMs / 100) } } });
    client.send({ type: 'conversation.item.retrieve', item_id: started['item_id'] });
    const [part] = list(record((await client.next('conversation.item.retrieved')).json['item'])['content']);
    const bytes = Buffer.from(String(part?.['audio']), 'base64').length;
    expect(bytes / codecOf(format).bytesPerMs).toBe(heardMs);
    expect((await simulator.session(0)).items).toHaveLength(2);
  });

  it('hears nothing in silence and clicks, nor below its threshold', async () => {
    const { client } = await session();
    const click = codecOf(PCM).encode(Int16Array.from({ length: 480 }, () => 12_000));
    append(client, Buffer.concat([codecOf(PCM).silence(500), click, codecOf(PCM).silence(1000)]));
    await client.update({ audio: { input: { turn_detection: { type: 'server_vad', threshold: 1 } } } });
    append(client, quiet(speech('Hello there')));
    await client.update({});
    expect(client.all('input_audio_buffer.speech_started')).toHaveLength(0);
  });

  it('cancels the active response when the user speaks over it', async () => {
    const { client } = await session({ scenario: WAITING });
    client.send({ type: 'response.create' });
    await client.next('response.created');
    appendTurn(client, 'Stop please');
    const done = await client.done();
    expect(done).toMatchObject({ status: 'cancelled', status_details: { reason: 'turn_detected' }, output: [] });
    await client.done();
    const types = client.types().slice(client.types().indexOf('response.created'));
    expect(types.slice(0, 9)).toEqual([
      'response.created',
      'input_audio_buffer.speech_started',
      'response.done',
      'rate_limits.updated',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
    ]);
  });

  it.each([
    ['error', 1],
    ['skip', 1],
    ['after', 2],
  ] as const)('without interruption, its own answer meets an active response: %s', async (quirk, responses) => {
    const { simulator, client } = await session({
      scenario: {
        name: 'quirk',
        turns: [{ steps: [{ wait_for: 'release' }] }],
        quirks: { automatic_response_while_active: quirk },
      },
    });
    const detection = { type: 'server_vad', interrupt_response: false };
    await client.update({ audio: { input: { turn_detection: detection } } });
    client.send({ type: 'response.create' });
    appendTurn(client, 'And another thing');
    await client.next('conversation.item.done');
    (await simulator.session(0)).release();
    for (let done = 0; done < responses; done += 1) expect((await client.done())['status']).toBe('completed');
    await client.update({});
    expect(client.all('response.created')).toHaveLength(responses);
    expect(client.all('error')).toHaveLength(quirk === 'error' ? 1 : 0);
  });

  it('commits without answering if create_response is off', async () => {
    const { client } = await session();
    await client.update({ audio: { input: { turn_detection: { type: 'server_vad', create_response: false } } } });
    appendTurn(client, 'Hello there');
    await client.next('input_audio_buffer.committed');
    await client.update({});
    expect(client.all('response.created')).toHaveLength(0);
  });

  it('works in semantic mode too', async () => {
    const { client } = await session();
    await client.update({ audio: { input: { turn_detection: { type: 'semantic_vad', eagerness: 'high' } } } });
    appendTurn(client, 'Hello there');
    expect((await client.done())['status']).toBe('completed');
  });

  it('tells of long silence after an answer, with a system message, and speaks', async () => {
    const { client } = await session();
    await client.update({ audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms: 5000 } } } });
    await client.ask('Hello');
    const spokenMs = client
      .all('response.output_audio.delta')
      .reduce((total, { json }) => total + Buffer.from(String(json['delta']), 'base64').length / 48, 0);
    append(client, codecOf(PCM).silence(spokenMs + 5100));
    await client.next('input_audio_buffer.timeout_triggered');
    await client.done();
    const types = client.types().slice(client.types().indexOf('input_audio_buffer.timeout_triggered'));
    expect(types.slice(0, 7)).toEqual([
      'input_audio_buffer.timeout_triggered',
      'conversation.item.added',
      'conversation.item.done',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
    ]);
  });
});

describe('turns the client marks itself', () => {
  const manual = { audio: { input: { turn_detection: null } } };

  it('become items when committed, and are not answered by themselves', async () => {
    const { client } = await session();
    await client.update(manual);
    append(client, speech('Hello there'));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('conversation.item.done');
    await client.update({});
    expect(client.all('response.created')).toHaveLength(0);
    expect(client.all('input_audio_buffer.speech_started')).toHaveLength(0);
  });

  it('cannot be committed with less than 100 ms, nor after they were cleared', async () => {
    const { client } = await session();
    await client.update(manual);
    const commit = { type: 'input_audio_buffer.commit', event_id: 'mine' };
    append(client, codecOf(PCM).silence(80));
    expect(await client.refused(commit)).toMatchObject({ code: 'input_audio_buffer_commit_empty', event_id: 'mine' });
    append(client, codecOf(PCM).silence(80));
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    expect(await client.refused(commit)).toMatchObject({
      message: expect.stringContaining('only has 0.00ms') as string,
    });
  });

  it.each(['AAA', 'AAAA AAAA', '====', 'AAA-'])('refuses audio that is not base64: %s', async (audio) => {
    const { client } = await session();
    expect(await client.refused({ type: 'input_audio_buffer.append', audio })).toMatchObject({
      code: 'invalid_value',
      param: 'audio',
    });
  });
});

describe('transcription', () => {
  const transcribing = { audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } };

  it('gives the words of the options, then of the scenario, then the default', async () => {
    const { simulator, client } = await session({
      heard: ['First words.'],
      scenario: { name: 'heard', heard: ['Second words.'] },
      defaultHeard: 'Default words.',
    });
    await client.update(transcribing);
    const heard: unknown[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      if (turn === 2) (await simulator.session(0)).hear('Said by the test.');
      appendTurn(client, 'whatever');
      heard.push((await client.next('conversation.item.input_audio_transcription.completed')).json['transcript']);
    }
    expect(heard).toEqual(['First words.', 'Second words.', 'Said by the test.', 'Default words.']);
  });

  it('may come after the answer began', async () => {
    const { client } = await session({ scenario: { name: 'late', quirks: { late_transcription: true } } });
    await client.update(transcribing);
    appendTurn(client, 'Hello there');
    await client.next('conversation.item.input_audio_transcription.completed');
    expect(client.types().indexOf('response.created')).toBeLessThan(
      client.types().indexOf('conversation.item.input_audio_transcription.completed'),
    );
  });

  it('is not sent unless asked for', async () => {
    const { client } = await session();
    appendTurn(client, 'Hello there');
    await client.done();
    expect(client.types().some((type) => type.includes('transcription'))).toBe(false);
  });
});

function quiet(pcm: Buffer): Buffer {
  const codec = codecOf(PCM);
  return codec.encode(codec.decode(pcm).map((sample) => sample / 10));
}
