import { type Effect } from '../../../relay/model';

/** An event as it was sent. */
export type Parsed = Readonly<Record<string, unknown>> & { readonly type: string };

/** The event in what was sent; fails on anything that is not an event. */
export function parse(data: Buffer | string): Parsed {
  const value: unknown = JSON.parse(data.toString());
  if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string') {
    return { ...value, type: value.type };
  }
  throw new Error(`Not an event: ${data.toString().slice(0, 200)}`);
}

/** An effect in one line that names what matters of it. */
export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'send.client':
      return `client < ${describeEvent(parse(effect.data))}`;
    case 'send.upstream':
      return `upstream < ${describeEvent(parse(effect.data))}`;
    case 'tool.run':
      return `run ${effect.call.callId} ${effect.call.name} ${effect.call.arguments}`;
    case 'tool.drop':
    case 'tool.prepare':
      return `${effect.kind.slice('tool.'.length)} ${'call' in effect ? effect.call.callId : effect.callId}`;
    case 'timer.set':
    case 'timer.clear':
      return `${effect.kind} ${effect.timer}`;
    case 'log':
      return `log ${effect.message}`;
    case 'limit.reached':
      return `limit ${effect.limit}`;
    case 'end':
      return `end ${effect.cause}`;
    case 'client.pause':
    case 'client.resume':
      return effect.kind;
  }
}

function describeEvent(event: Parsed): string {
  const response = object(event['response']);
  const item = object(event['item']);
  const error = object(event['error']);
  switch (event.type) {
    case 'response.created':
      return words(event.type, response['id']);
    case 'response.done':
      return words(event.type, response['id'], response['status'], ids(response['output']));
    case 'response.create':
      return words(event.type, event['event_id'], JSON.stringify(event['response']));
    case 'response.output_item.added':
    case 'response.output_item.done':
      return words(event.type, event['response_id'], place(event['output_index']), item['id']);
    case 'conversation.item.added':
    case 'conversation.item.done':
      return words(event.type, item['id'], 'after', event['previous_item_id']);
    case 'conversation.item.create':
      if (item['type'] === 'function_call_output') return words('output', item['call_id'], item['output']);
      return words(event.type, event['event_id'], item['role'], event['previous_item_id'] ?? undefined);
    case 'input_audio_buffer.committed':
      return words(event.type, event['item_id'], 'after', event['previous_item_id']);
    case 'error':
      return words(event.type, error['code'], error['event_id'] ?? undefined);
    default:
      return words(event.type, event['response_id'], place(event['output_index']), event['item_id']);
  }
}

function place(index: unknown): string | undefined {
  return typeof index === 'number' ? `#${index}` : undefined;
}

function words(...parts: readonly unknown[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map(String)
    .join(' ');
}

function ids(output: unknown): string {
  return `[${Array.isArray(output) ? output.map((item) => String(object(item)['id'])).join(' ') : String(output)}]`;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
