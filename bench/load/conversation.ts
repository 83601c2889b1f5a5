/** What upstream says in a conversation, in the order of the API (protocol reference, sections 2.3 and 4). */

/** Where the audio of an answer belongs. */
export function audioPlace(answerId: string): object {
  return { response_id: answerId, item_id: `item_${answerId}`, output_index: 0, content_index: 0 };
}

/** The model begins to speak; its audio follows. */
export function beginAnswer(id: string): readonly object[] {
  const item = { id: `item_${id}`, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  const part = { type: 'audio', transcript: '' };
  return [
    { type: 'response.created', event_id: 'event_1', response: response(id, 'in_progress', []) },
    { type: 'response.output_item.added', event_id: 'event_2', response_id: id, output_index: 0, item },
    { type: 'conversation.item.added', event_id: 'event_3', previous_item_id: null, item },
    { type: 'response.content_part.added', event_id: 'event_4', ...audioPlace(id), part },
  ];
}

/** The model has said all, or nothing. */
export function endAnswer(id: string): readonly object[] {
  return [{ type: 'response.done', event_id: 'event_1', response: response(id, 'completed', []) }];
}

/** The user says something, and the model will answer by itself. */
export function userSpeaks(itemId: string): readonly object[] {
  const item = { id: itemId, type: 'message', status: 'completed', role: 'user', content: [{ type: 'input_audio' }] };
  return [
    { type: 'input_audio_buffer.speech_started', event_id: 'event_1', audio_start_ms: 0, item_id: itemId },
    { type: 'input_audio_buffer.speech_stopped', event_id: 'event_2', audio_end_ms: 500, item_id: itemId },
    { type: 'input_audio_buffer.committed', event_id: 'event_3', previous_item_id: null, item_id: itemId },
    { type: 'conversation.item.added', event_id: 'event_4', previous_item_id: null, item },
  ];
}

/** A response that calls one tool: up to the event that releases the call, and from that on. */
export interface ToolResponse {
  readonly callId: string;
  readonly before: readonly object[];
  readonly release: readonly object[];
}

/** The n-th appointment the model makes; every one is another. */
export function bookAppointment(n: number): ToolResponse {
  const id = `resp_tool_${n}`;
  const callId = `call_${n}`;
  const call = {
    id: `item_tool_${n}`,
    type: 'function_call',
    name: 'create_appointment',
    call_id: callId,
    arguments: JSON.stringify(appointment(n)),
  };
  const begun = { ...call, status: 'in_progress', arguments: '' };
  const done = { ...call, status: 'completed' };
  const place = { response_id: id, output_index: 0 };
  return {
    callId,
    before: [
      { type: 'response.created', event_id: 'event_1', response: response(id, 'in_progress', []) },
      { type: 'response.output_item.added', event_id: 'event_2', ...place, item: begun },
      { type: 'conversation.item.added', event_id: 'event_3', previous_item_id: null, item: begun },
      {
        type: 'response.function_call_arguments.done',
        event_id: 'event_4',
        ...place,
        item_id: call.id,
        call_id: callId,
        name: call.name,
        arguments: call.arguments,
      },
    ],
    release: [
      { type: 'response.output_item.done', event_id: 'event_5', ...place, item: done },
      { type: 'conversation.item.done', event_id: 'event_6', previous_item_id: null, item: done },
      { type: 'response.done', event_id: 'event_7', response: response(id, 'completed', [done]) },
    ],
  };
}

/** Arguments of `create_appointment` of which no two are the same. */
export function appointment(n: number): object {
  const start = Date.UTC(2030, 0, 1) + n * 3_600_000;
  return {
    title: `Visit ${n}`,
    start_time: new Date(start).toISOString(),
    end_time: new Date(start + 1_800_000).toISOString(),
    attendee_email: `guest${n}@example.com`,
  };
}

function response(id: string, status: string, output: readonly object[]): object {
  return { object: 'realtime.response', id, status, output, conversation_id: 'conv_bench' };
}
