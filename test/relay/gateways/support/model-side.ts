import { pcmu, withCallAudio, type CarrierFormat } from '../../../../relay';
import { type Inbox } from '../../support/inbox';

/** Upstream accepts the session, which speaks as a call of this format does. */
export async function configure(up: Inbox, format: CarrierFormat = pcmu): Promise<void> {
  const session = withCallAudio({ type: 'realtime' }, format);
  up.send({ type: 'session.created', event_id: 'event_1', session });
  await up.next('session.update');
  up.send({ type: 'session.updated', event_id: 'event_2', session });
}

/** The model begins to say item_A; the audio is base64. */
export function beginSpeech(up: Inbox, delta: string): void {
  const item = { id: 'item_A', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const place = { response_id: 'resp_A', item_id: 'item_A', output_index: 0, content_index: 0 };
  up.send({ type: 'response.created', event_id: 'e', response: response('resp_A') });
  up.send({ type: 'response.output_item.added', event_id: 'e', response_id: 'resp_A', output_index: 0, item });
  up.send({ type: 'response.output_audio.delta', event_id: 'e', ...place, delta });
}

/** It has said all of it. */
export function endSpeech(up: Inbox): void {
  const place = { response_id: 'resp_A', item_id: 'item_A', output_index: 0, content_index: 0 };
  up.send({ type: 'response.output_audio.done', event_id: 'e', ...place });
  up.send({ type: 'response.done', event_id: 'e', response: { ...response('resp_A'), status: 'completed' } });
}

/** The model calls a tool and says nothing. */
export function callTool(up: Inbox): void {
  const item = {
    id: 'item_F',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_1',
    name: 'end_call',
    arguments: '{}',
  };
  const done = { ...response('resp_T'), status: 'completed', output: [item] };
  up.send({ type: 'response.created', event_id: 'e', response: response('resp_T') });
  up.send({ type: 'response.output_item.done', event_id: 'e', response_id: 'resp_T', output_index: 0, item });
  up.send({ type: 'response.done', event_id: 'e', response: done });
}

function response(id: string) {
  return { id, object: 'realtime.response', status: 'in_progress', conversation_id: 'conv_1', output: [] };
}
