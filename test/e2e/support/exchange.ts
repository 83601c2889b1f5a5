import { type SocketSession } from '../../../simulator';
import { isRecord } from '../../../simulator/protocol/json';
import { type Client, record } from '../../simulator/support/client';
import { appends, bytesPerMs } from './recording';

/** Says something to the model, in pieces as a microphone gives them. */
export function speak(client: Client, pcm: Buffer): void {
  for (const append of appends(pcm)) client.send(append);
}

/** What a client heard the model say, message by message. */
export const wordsHeard = (client: Client): unknown[] =>
  client.all('response.output_audio_transcript.done').map(({ json }) => json['transcript']);

/** How much of the model's speech a client was sent, in milliseconds. */
export const heardMs = (client: Client): number =>
  client
    .all('response.output_audio.delta')
    .reduce((sum, { json }) => sum + Buffer.byteLength(String(json['delta']), 'base64') / bytesPerMs, 0);

/** What tools answered, in the order in which upstream was told. */
export const outputsOf = (session: SocketSession): { callId: unknown; output: Record<string, unknown> }[] =>
  session.received.filter(isRecord).flatMap(({ type, item }) => {
    if (type !== 'conversation.item.create' || !isRecord(item) || item['type'] !== 'function_call_output') return [];
    return [{ callId: item['call_id'], output: record(JSON.parse(String(item['output']))) }];
  });

/** How often upstream was asked for a response. */
export const createsOf = (session: SocketSession): number =>
  session.received.filter((event) => isRecord(event) && event['type'] === 'response.create').length;
