import { isRecord, tryParseJson } from '../../simulator/protocol/json';
import type { EventLine, RecordedEvent } from '../recording/format';

/** An event out of its wrapper. */
export interface Unwrapped {
  /** In milliseconds of whatever clock the log has; undefined where it says nothing. */
  readonly atMs: number | undefined;
  readonly from: EventLine['from'];
  readonly event: RecordedEvent;
}

/** Takes an event out of whatever a log has around it. @returns undefined where there is none. */
export function unwrap(entry: unknown): Unwrapped | undefined {
  if (!isRecord(entry)) return undefined;
  const event = eventIn(entry);
  if (event === undefined) return undefined;
  const [wrapper, bare] = event === entry ? [{}, entry] : [entry, event];
  const type = String(bare['type']);
  return {
    atMs: firstOf(wrapper, timeNames, timeOf),
    from: firstOf(wrapper, sideNames, sideOf) ?? sideByType(type),
    event: { ...bare, type },
  };
}

const eventNames = ['event', 'data', 'message', 'payload', 'body', 'msg'] as const;
const timeNames = ['time', 'timestamp', 'ts', 't', 'at', 'created_at', 'date', '@timestamp'] as const;
const sideNames = ['direction', 'source', 'from', 'side', 'origin', 'sender', 'dir'] as const;

/** What is inside comes first: a wrapper may have a `type` of its own. */
function eventIn(entry: Record<string, unknown>): Record<string, unknown> | undefined {
  for (const name of eventNames) {
    const inside = entry[name];
    const event = typeof inside === 'string' ? tryParseJson(inside) : inside;
    if (isRecord(event) && typeof event['type'] === 'string') return event;
  }
  return typeof entry['type'] === 'string' && isProtocol.test(entry['type']) ? entry : undefined;
}

/** Types of the protocol have a dot in them, but for one. */
const isProtocol = /^(error|[a-z_]+(\.[a-z_]+)+)$/;

function firstOf<Value>(
  wrapper: Record<string, unknown>,
  names: readonly string[],
  read: (value: unknown) => Value | undefined,
): Value | undefined {
  for (const name of names) {
    const value = read(wrapper[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** ISO dates, and numbers in seconds, milliseconds, microseconds or nanoseconds since 1970; small ones are milliseconds. */
function timeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === 'string') return Number.isNaN(Date.parse(number)) ? undefined : Date.parse(number);
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined;
  if (number >= 1e17) return number / 1e6;
  if (number >= 1e14) return number / 1e3;
  if (number >= 1e11) return number;
  return number >= 1e9 ? number * 1e3 : number;
}

/** A log is kept at the client, or at whatever speaks to OpenAI for it. */
function sideOf(value: unknown): EventLine['from'] | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  if (clientWords.has(word)) return 'client';
  return serverWords.has(word) ? 'relay' : undefined;
}

const clientWords = new Set([
  'client',
  'sent',
  'send',
  'out',
  'outgoing',
  'outbound',
  'up',
  'user',
  'browser',
  'tx',
  '>',
  '->',
  '→',
]);
const serverWords = new Set([
  'server',
  'received',
  'recv',
  'receive',
  'in',
  'incoming',
  'inbound',
  'down',
  'openai',
  'relay',
  'rx',
  '<',
  '<-',
  '←',
]);

/** Every type belongs to one side (protocol reference, section 2). */
function sideByType(type: string): EventLine['from'] {
  return clientTypes.has(type) ? 'client' : 'relay';
}

const clientTypes = new Set([
  'session.update',
  'input_audio_buffer.append',
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'conversation.item.create',
  'conversation.item.retrieve',
  'conversation.item.truncate',
  'conversation.item.delete',
  'response.create',
  'response.cancel',
  'output_audio_buffer.clear',
]);
