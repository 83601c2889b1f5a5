import { type Received, list, record } from '../../simulator/support/client';

/**
 * Expects what a client saw to be a conversation that was never without anything: no errors, only messages of the user
 * and the assistant, each one behind the last, each begun and ended, in responses that count their items without a gap.
 */
export function expectPlainConversation(events: readonly Received[]): void {
  expect(events.filter(({ type }) => type === 'error').map(({ raw }) => raw)).toEqual([]);
  expect(strangers(events)).toEqual([]);
  const ids = events.map(({ json }) => json['event_id']);
  expect(new Set(ids).size).toBe(ids.length);
  expectHistoryWithoutHoles(events);
  expectWholeResponses(events);
}

/** Types of events that say something about tools, or nothing a client of this protocol knows. */
function strangers(events: readonly Received[]): string[] {
  return events.map(({ type }) => type).filter((type) => /function_call|mcp|tool|rate_limits/.test(type));
}

function expectHistoryWithoutHoles(events: readonly Received[]): void {
  const order: string[] = [];
  const ended = new Set<string>();
  const last = () => order.at(-1) ?? null;
  for (const { type, json } of events) {
    switch (type) {
      case 'conversation.item.added': {
        const item = messageIn(json);
        expect(json['previous_item_id']).toBe(last());
        order.push(item.id);
        break;
      }
      case 'input_audio_buffer.committed':
        expect(json['previous_item_id']).toBe(last());
        break;
      case 'conversation.item.done': {
        const item = messageIn(json);
        expect(order).toContain(item.id);
        expect([null, ...order]).toContain(json['previous_item_id']);
        expect(json['previous_item_id']).not.toBe(item.id);
        ended.add(item.id);
        break;
      }
      case 'conversation.item.retrieved':
      case 'conversation.item.truncated':
        expect(order).toContain(json['item_id'] ?? messageIn(json).id);
    }
  }
  expect([...ended].sort()).toEqual([...order].sort());
  expect(new Set(order).size).toBe(order.length);
  expectPromisedItems(events, order);
}

/** What was spoken, said or written belongs to an item of the history. */
function expectPromisedItems(events: readonly Received[], order: readonly string[]): void {
  const spokenOf = events.flatMap(({ json }) => (typeof json['item_id'] === 'string' ? [json['item_id']] : []));
  expect(spokenOf.filter((id) => !order.includes(id))).toEqual([]);
}

function expectWholeResponses(events: readonly Received[]): void {
  const open = new Map<unknown, string[]>();
  const seen = new Set<unknown>();
  for (const { type, json } of events) {
    if (type === 'response.created') {
      const { id, status, output } = record(json['response']);
      expect({ status, output, isNew: !seen.has(id) }).toEqual({ status: 'in_progress', output: [], isNew: true });
      seen.add(id);
      open.set(id, []);
    } else if (type === 'response.done') {
      const { id, output } = record(json['response']);
      expect(list(output).map((item) => item['id'])).toEqual(open.get(id));
      open.delete(id);
    } else if (type.startsWith('response.')) {
      const items = open.get(json['response_id']);
      if (items === undefined) throw new Error(`${type} outside of its response`);
      if (type === 'response.output_item.added') items.push(messageIn(json).id);
      expect(json['item_id'] ?? messageIn(json).id).toBe(items[Number(json['output_index'])]);
    }
  }
  expect([...open.keys()]).toEqual([]);
}

function messageIn(json: Record<string, unknown>): { id: string } {
  const { id, type, role } = record(json['item']);
  if (type !== 'message' || (role !== 'user' && role !== 'assistant') || typeof id !== 'string') {
    throw new Error(`a ${String(type)} of ${String(role)}`);
  }
  return { id };
}
