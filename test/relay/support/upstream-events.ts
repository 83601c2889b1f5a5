import { type ConversationItem, type RealtimeServerEvent } from 'openai/resources/realtime/realtime';

/**
 * Events as upstream sends them: members in captured order, nulls where the wire has nulls (protocol reference,
 * sections 4.1 and 8). Types and member names are checked against the official types, which know no nulls.
 */
export type Wire = Readonly<Record<string, unknown>> & { readonly type: RealtimeServerEvent['type'] };

/** The members of the official type of an event, each of them or null, beside members only the wire has. */
type Members<Type extends RealtimeServerEvent['type']> = {
  readonly [Key in Exclude<keyof Extract<RealtimeServerEvent, { type: Type }>, 'type' | 'event_id'>]?: unknown;
} & { readonly obfuscation?: string };

let serial = 0;

/** Any event of upstream. */
export function event<Type extends RealtimeServerEvent['type']>(type: Type, members: Members<Type> = {}): Wire {
  serial += 1;
  return { type, event_id: `event_${serial}`, ...members };
}

/** A session as captured; `change` replaces members. */
export function session(change: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'realtime',
    object: 'realtime.session',
    id: 'sess_1',
    model: 'gpt-realtime-2.1',
    output_modalities: ['audio'],
    instructions: 'Instructions nobody may see.',
    tools: [{ type: 'function', name: 'secret_tool', description: 'Secret.', parameters: { type: 'object' } }],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    expires_at: 1785460927,
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24000 },
        transcription: null,
        noise_reduction: null,
        turn_detection: turnDetection(),
      },
      output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'marin', speed: 1 },
    },
    include: null,
    ...change,
  };
}

/** Server VAD as captured. */
export function turnDetection(change: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'server_vad',
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 500,
    idle_timeout_ms: null,
    create_response: true,
    interrupt_response: true,
    ...change,
  };
}

/** A session without automatic responses. */
export function manualSession() {
  const { audio } = session();
  const input = { ...audio.input, turn_detection: turnDetection({ create_response: false }) };
  return session({ audio: { ...audio, input } });
}

/** A response object; what is not given is as in a response that has just begun. */
export function response(id: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    object: 'realtime.response',
    id,
    status: 'in_progress',
    status_details: null,
    output: [],
    conversation_id: 'conv_1',
    output_modalities: ['audio'],
    max_output_tokens: 'inf',
    audio: { output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'marin' } },
    usage: null,
    metadata: null,
    ...change,
  };
}

export const responseCreated = (id: string, change: Readonly<Record<string, unknown>> = {}) =>
  event('response.created', { response: response(id, change) });

export const responseDone = (
  id: string,
  output: readonly object[] = [],
  change: Readonly<Record<string, unknown>> = {},
) => event('response.done', { response: response(id, { status: 'completed', output, usage, ...change }) });

/** `response.done` of a response that was cut off by the user's speech or by `response.cancel`. */
export const responseCancelled = (
  id: string,
  reason: 'turn_detected' | 'client_cancelled',
  output: readonly object[] = [],
) => responseDone(id, output, { status: 'cancelled', status_details: { type: 'cancelled', reason } });

const usage = { total_tokens: 219, input_tokens: 122, output_tokens: 97 };

/** A function call's item. */
export function callItem(
  callId: string,
  change: { readonly [Key in keyof Omit<Extract<ConversationItem, { type: 'function_call' }>, 'id'>]?: unknown } = {},
) {
  return {
    id: `item_${callId}`,
    type: 'function_call',
    status: 'completed',
    name: 'secret_tool',
    call_id: callId,
    arguments: '{"secret":1}',
    ...change,
  };
}

/** The assistant's message; in progress without a transcript. */
export function messageItem(id: string, transcript?: string) {
  const isDone = transcript !== undefined;
  return {
    id,
    type: 'message',
    status: isDone ? 'completed' : 'in_progress',
    role: 'assistant',
    content: isDone ? [{ type: 'output_audio', transcript }] : [],
    phase: 'final_answer',
  };
}

export function userItem(id: string, text?: string) {
  const content = text === undefined ? { type: 'input_audio', transcript: null } : { type: 'input_text', text };
  return { id, type: 'message', status: 'completed', role: 'user', content: [content] };
}

/** The output item upstream shows for a `function_call_output` it took: neither status nor object. */
export const outputItem = (callId: string, output = '{"secret":"output"}') => ({
  id: `item_out_${callId}`,
  type: 'function_call_output',
  call_id: callId,
  output,
});

export const outputItemAdded = (responseId: string, index: number, item: object) =>
  event('response.output_item.added', { response_id: responseId, output_index: index, item });

export const outputItemDone = (responseId: string, index: number, item: object) =>
  event('response.output_item.done', { response_id: responseId, output_index: index, item });

export const itemAdded = (previous: string | null, item: object) =>
  event('conversation.item.added', { previous_item_id: previous, item });

export const itemDone = (previous: string | null, item: object) =>
  event('conversation.item.done', { previous_item_id: previous, item });

/** The output of a tool is now in upstream's conversation. */
export const outputAdded = (callId: string, previous: string) => [
  itemAdded(previous, outputItem(callId)),
  itemDone(previous, outputItem(callId)),
];

/** The call's item appears. */
export const callBegins = (responseId: string, index: number, callId: string, previous: string | null = null) => {
  const item = callItem(callId, { status: 'in_progress', arguments: '' });
  return [outputItemAdded(responseId, index, item), itemAdded(previous, item)];
};

export const argumentsDelta = (responseId: string, index: number, callId: string, delta = '{"secret') =>
  event('response.function_call_arguments.delta', {
    response_id: responseId,
    item_id: `item_${callId}`,
    output_index: index,
    call_id: callId,
    delta,
    obfuscation: 'x1y2',
  });

export const argumentsDone = (
  responseId: string,
  index: number,
  callId: string,
  change: { readonly name?: string | undefined; readonly arguments?: string } = {},
) =>
  event('response.function_call_arguments.done', {
    response_id: responseId,
    item_id: `item_${callId}`,
    output_index: index,
    call_id: callId,
    name: 'secret_tool',
    arguments: '{"secret":1}',
    ...change,
  });

/** The call is complete: arguments, item, output item. */
export const callEnds = (responseId: string, index: number, callId: string, previous: string | null = null) => [
  argumentsDone(responseId, index, callId),
  itemDone(previous, callItem(callId)),
  outputItemDone(responseId, index, callItem(callId)),
];

/** One function call from its first to its last event, in captured order. */
export const wholeCall = (responseId: string, index: number, callId: string, previous: string | null = null) => [
  ...callBegins(responseId, index, callId, previous),
  argumentsDelta(responseId, index, callId),
  ...callEnds(responseId, index, callId, previous),
];

/** A response that only makes calls. */
export const callingResponse = (responseId: string, ...callIds: readonly string[]) => [
  responseCreated(responseId),
  ...callIds.flatMap((callId, index) => wholeCall(responseId, index, callId)),
  responseDone(
    responseId,
    callIds.map((callId) => callItem(callId)),
  ),
];

export const partAdded = (responseId: string, index: number, itemId: string) =>
  event('response.content_part.added', {
    response_id: responseId,
    item_id: itemId,
    output_index: index,
    content_index: 0,
    part: { type: 'audio', transcript: '' },
  });

export const partDone = (responseId: string, index: number, itemId: string, transcript: string) =>
  event('response.content_part.done', {
    response_id: responseId,
    item_id: itemId,
    output_index: index,
    content_index: 0,
    part: { type: 'audio', transcript },
  });

const content = (responseId: string, index: number, itemId: string) => ({
  response_id: responseId,
  item_id: itemId,
  output_index: index,
  content_index: 0,
});

export const audioDelta = (responseId: string, index: number, itemId: string, delta = 'AAAA') =>
  event('response.output_audio.delta', { ...content(responseId, index, itemId), delta });

export const transcriptDelta = (responseId: string, index: number, itemId: string, delta = 'Hi') =>
  event('response.output_audio_transcript.delta', { ...content(responseId, index, itemId), delta });

/** The assistant's message begins, its first audio included. */
export const messageBegins = (responseId: string, index: number, itemId: string, previous: string | null = null) => [
  outputItemAdded(responseId, index, messageItem(itemId)),
  itemAdded(previous, messageItem(itemId)),
  partAdded(responseId, index, itemId),
  transcriptDelta(responseId, index, itemId),
  audioDelta(responseId, index, itemId),
];

export const messageEnds = (responseId: string, index: number, itemId: string, previous: string | null = null) => [
  event('response.output_audio.done', content(responseId, index, itemId)),
  event('response.output_audio_transcript.done', { ...content(responseId, index, itemId), transcript: 'Hi.' }),
  partDone(responseId, index, itemId, 'Hi.'),
  itemDone(previous, messageItem(itemId, 'Hi.')),
  outputItemDone(responseId, index, messageItem(itemId, 'Hi.')),
];

export const wholeMessage = (responseId: string, index: number, itemId: string, previous: string | null = null) => [
  ...messageBegins(responseId, index, itemId, previous),
  ...messageEnds(responseId, index, itemId, previous),
];

/** A response that says one thing. */
export const spokenResponse = (responseId: string, itemId: string, previous: string | null = null) => [
  responseCreated(responseId),
  ...wholeMessage(responseId, 0, itemId, previous),
  responseDone(responseId, [messageItem(itemId, 'Hi.')]),
];

export const speechStarted = (itemId = 'item_user') =>
  event('input_audio_buffer.speech_started', { audio_start_ms: 1556, item_id: itemId });

export const speechStopped = (itemId = 'item_user') =>
  event('input_audio_buffer.speech_stopped', { audio_end_ms: 4224, item_id: itemId });

export const committed = (previous: string | null, itemId = 'item_user') =>
  event('input_audio_buffer.committed', { previous_item_id: previous, item_id: itemId });

/** What follows the end of the user's speech, before an automatic response. */
export const userTurn = (previous: string | null, itemId = 'item_user') => [
  speechStopped(itemId),
  committed(previous, itemId),
  itemAdded(previous, userItem(itemId)),
  itemDone(previous, userItem(itemId)),
];

/** An `error` event; `causeId` is the `event_id` of the client event it is about. */
export const errorAbout = (
  code: string | null,
  causeId: string | null,
  change: { readonly message?: string; readonly param?: string | null; readonly type?: string } = {},
) =>
  event('error', {
    error: {
      type: 'invalid_request_error',
      code,
      message: 'Upstream words nobody may see: secret_tool.',
      param: null,
      event_id: causeId,
      ...change,
    },
  });

export const activeResponseError = (causeId: string | null) =>
  errorAbout('conversation_already_has_active_response', causeId);

export const rateLimits = () =>
  event('rate_limits.updated', {
    rate_limits: [{ name: 'tokens', limit: 15000000, remaining: 14998954, reset_seconds: 0.004 }],
  });
