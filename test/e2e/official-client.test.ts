import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { type Scenario } from '../../simulator';
import { selfSigned } from '../pipeline/support/certificate';
import { Closing } from '../pipeline/support/closing';
import { Client, record } from '../simulator/support/client';
import { orgKey } from '../src/support/relay';
import { apology, booked, bookingAloud, confirmation, interruptedStory, preamble } from './support/conversations';
import { wordsHeard } from './support/exchange';
import { type House, openHouse } from './support/house';
import { appends, recording, spokenTurn, turnInTwo } from './support/recording';
import { tempDir } from './support/temp-dir';
import { expectPlainView } from './support/view';

const opened = new Closing();
afterEach(() => opened.all());

/** OpenAI's own client, of which nothing is changed but the address and the key, and all it was sent. */
interface Caller {
  readonly openai: OpenAIRealtimeWS;
  readonly seen: Client;
  readonly errors: readonly unknown[];
}

async function openSecureHouse(scenario: Scenario): Promise<House & { cert: string }> {
  const { cert, key } = await selfSigned();
  const directory = await tempDir(opened);
  const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
  const variables = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile };
  return { ...(await openHouse(opened, { simulator: { scenario }, variables })), cert };
}

async function callWith({ relay, cert }: House & { cert: string }): Promise<Caller> {
  const openai = new OpenAIRealtimeWS(
    { model: 'gpt-realtime-2.1', options: { ca: cert } },
    new OpenAI({ apiKey: orgKey, baseURL: `${relay.url}/v1` }),
  );
  const seen = new Client(openai.socket);
  const errors: unknown[] = [];
  openai.on('error', (error) => errors.push(error));
  opened.add(openai, async () => {
    openai.close();
    await seen.closed;
  });
  await seen.next('session.created');
  return { openai, seen, errors };
}

function speak({ openai }: Caller, pcm: Buffer): void {
  for (const append of appends(pcm)) openai.send(append);
}

describe('the official openai client', () => {
  it('sees its own words and hears an answer to them', async () => {
    const house = await openSecureHouse({ name: 'a question', heard: [recording.words] });
    const caller = await callWith(house);
    caller.openai.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { transcription: { model: 'gpt-4o-mini-transcribe' } } } },
    });
    await caller.seen.next('session.updated');
    speak(caller, spokenTurn);
    await caller.seen.next('input_audio_buffer.speech_started');
    await caller.seen.next('input_audio_buffer.committed');
    const heard = await caller.seen.next('conversation.item.input_audio_transcription.completed');
    expect(heard.json['transcript']).toBe(recording.words);
    expect(await caller.seen.done()).toMatchObject({ status: 'completed', output: [{ role: 'assistant' }] });
    await expectPlainView(caller.seen, house);
    expect(caller.seen.all('response.output_audio.delta').length).toBeGreaterThan(0);
    expect(caller.errors).toEqual([]);
  });

  it('books by voice: it hears what the model is about to do, and then how it ended', async () => {
    const house = await openSecureHouse(bookingAloud);
    const caller = await callWith(house);
    speak(caller, spokenTurn);
    expect(await caller.seen.done()).toMatchObject({ status: 'completed' });
    expect(await caller.seen.done()).toMatchObject({ status: 'completed' });

    expect(wordsHeard(caller.seen)).toEqual([preamble, confirmation]);
    expect(house.hook.requests).toHaveLength(1);
    expect(JSON.parse(house.hook.requests[0]?.body ?? '')).toMatchObject({ tool_args: booked });
    await expectPlainView(caller.seen, house);
    expect(caller.errors).toEqual([]);
  });

  it('interrupts the model, says how much it heard, and is answered', async () => {
    const house = await openSecureHouse(interruptedStory);
    const caller = await callWith(house);
    const { openai, seen } = caller;
    speak(caller, spokenTurn);
    const delta = await seen.next('response.output_audio.delta');
    const itemId = String(delta.json['item_id']);

    speak(caller, turnInTwo[0]);
    await seen.next('input_audio_buffer.speech_started');
    openai.send({ type: 'conversation.item.truncate', item_id: itemId, content_index: 0, audio_end_ms: 100 });
    const truncated = await seen.next('conversation.item.truncated');
    expect(truncated.json).toMatchObject({ item_id: itemId, content_index: 0, audio_end_ms: 100 });
    speak(caller, turnInTwo[1]);
    await seen.next('input_audio_buffer.speech_stopped');
    expect(await seen.done()).toMatchObject({ status: 'completed' });

    const [cancelled] = seen.all('response.done').map(({ json }) => record(json['response']));
    expect(cancelled).toMatchObject({ status: 'cancelled', status_details: { reason: 'turn_detected' } });
    expect(wordsHeard(seen).at(-1)).toBe(apology);
    await expectPlainView(seen, house);
    expect(caller.errors).toEqual([]);
  });

  it('closes when it wants to', async () => {
    const { openai, seen, errors } = await callWith(await openSecureHouse({ name: 'nothing said' }));
    openai.close();
    expect(await seen.closed).toMatchObject({ code: 1000 });
    expect(errors).toEqual([]);
  });
});
