import { once } from 'node:events';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { generate } from 'selfsigned';
import { loadScenario } from '../../simulator';
import { closeAll, start } from './support/client';
import { APPOINTMENT_TOOLS } from './support/tools';

afterEach(closeAll);

describe('the official openai client', () => {
  it('books an appointment without noticing anything', async () => {
    const certificate = await generate([{ name: 'commonName', value: 'localhost' }]);
    const simulator = await start({
      apiKeys: ['sk-test'],
      scenario: loadScenario('booking'),
      tls: { cert: certificate.cert, key: certificate.private },
    });
    const openai = new OpenAI({
      apiKey: 'sk-test',
      baseURL: simulator.url.replace(/^wss:/, 'https:').replace(/\/realtime$/, ''),
    });
    const client = new OpenAIRealtimeWS(
      { model: 'gpt-realtime-2.1', options: { ca: certificate.cert, rejectUnauthorized: false } },
      openai,
    );
    const errors: unknown[] = [];
    const spoken: string[] = [];
    client.on('error', (error) => errors.push(error));
    client.on('response.output_audio_transcript.done', ({ transcript }) => spoken.push(transcript));
    client.on('session.created', () => {
      client.send({
        type: 'session.update',
        session: { type: 'realtime', tools: APPOINTMENT_TOOLS },
      });
    });
    client.on('session.updated', () => {
      client.send({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Please book it' }] },
      });
      client.send({ type: 'response.create' });
    });
    client.on('response.output_item.done', ({ item }) => {
      if (item.type !== 'function_call' || item.call_id === undefined) return;
      client.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: item.call_id, output: '{"success":true,"message":"Booked"}' },
      });
    });
    await new Promise<void>((resolve) => {
      let done = 0;
      client.on('response.done', () => {
        done += 1;
        if (done === 1) client.send({ type: 'response.create' });
        else resolve();
      });
    });
    expect(spoken).toEqual(['One moment, I will book that for you.', 'Done. Booked.']);
    expect(errors).toEqual([]);
    client.close();
    await once(client.socket, 'close');
  });
});
