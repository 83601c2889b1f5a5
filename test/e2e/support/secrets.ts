import { type SocketSession } from '../../../simulator';
import { isRecord } from '../../../simulator/protocol/json';
import { type Received } from '../../simulator/support/client';
import { orgKey } from '../../src/support/relay';
import { type House, upstreamKey } from './house';

/** Expects that nothing a client received, in whatever event, tells of tools, prompts, keys or the webhook. */
export function expectNothingOfTools(
  events: readonly Received[],
  house: Pick<House, 'hook'>,
  session: SocketSession,
): void {
  const secrets = [...secretsOf(session), ...words, house.hook.url, new URL(house.hook.url).pathname];
  const leaks = events.flatMap(({ type, raw }) =>
    secrets.filter((secret) => raw.includes(secret) || raw.includes(escaped(secret))).map((secret) => [type, secret]),
  );
  expect(leaks).toEqual([]);
}

/**
 * What was said between the relay and upstream about tools: their names, descriptions and schemas, the instructions,
 * and of each call and output its ids, arguments and text.
 */
export function secretsOf(session: SocketSession): string[] {
  const found = [...session.received, ...session.sent].flatMap((event) => {
    if (!isRecord(event)) return [];
    return [...secretsOfUpdate(event), ...secretsOfItem(event['item']), ...secretsOfCall(event)];
  });
  // Shorter ones, such as arguments that are `{}`, would be found everywhere.
  return [...new Set(found)].filter((secret) => secret.length >= 8);
}

/** Words that no plain conversation has, whatever was called. */
const words = [upstreamKey, orgKey, 'function_call', 'tool_call', 'appointment_id', 'is_duplicate', 'attendee_email'];

function secretsOfUpdate({ type, event_id: eventId, session }: Record<string, unknown>): string[] {
  if (type !== 'session.update' || !isRecord(session)) return [];
  const { instructions, tools } = session;
  return [
    ...(typeof eventId === 'string' && eventId.startsWith('rly_') ? [eventId] : []),
    ...(typeof instructions === 'string' ? instructions.split('\n') : []),
    ...(Array.isArray(tools) ? tools.filter(isRecord).flatMap(secretsOfTool) : []),
  ];
}

function secretsOfTool({ name, description, parameters }: Record<string, unknown>): string[] {
  return [String(name), String(description), JSON.stringify(parameters)];
}

function secretsOfItem(item: unknown): string[] {
  if (!isRecord(item) || (item['type'] !== 'function_call' && item['type'] !== 'function_call_output')) return [];
  return ['id', 'call_id', 'arguments', 'output'].flatMap((name) => textIn(item[name]));
}

function secretsOfCall({ type, arguments: all }: Record<string, unknown>): string[] {
  return type === 'response.function_call_arguments.done' ? textIn(all) : [];
}

const textIn = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);

/** As it would stand inside a JSON string. */
const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
