import { isRecord, tryParseJson } from '../../simulator/protocol/json';
import type { EventLine, RecordedEvent } from '../recording/format';

/** An event out of its wrapper. */
export interface Unwrapped {
  /** In milliseconds of whatever clock the log has; undefined where it says nothing. */
  readonly atMs: number | undefined;
  /** Undefined where nothing says it. */
  readonly from: EventLine['from'] | undefined;
  readonly event: RecordedEvent;
}

/** Takes an event out of whatever a log has around it. What is nearest to it counts. @returns undefined where there is none. */
export function unwrap(entry: unknown): Unwrapped | undefined {
  return unwrapWithin(entry, mostWrappers);
}

function unwrapWithin(entry: unknown, depth: number): Unwrapped | undefined {
  const record = typeof entry === 'string' ? recordIn(entry) : entry;
  if (!isRecord(record)) return undefined;
  if (depth > 0) {
    for (const name of eventNames) {
      const inside = unwrapWithin(record[name], depth - 1);
      if (inside !== undefined) {
        return {
          atMs: inside.atMs ?? firstOf(record, timeNames, timeOf),
          from: inside.from ?? firstOf(record, sideNames, sideOf),
          event: inside.event,
        };
      }
    }
  }
  const { type } = record;
  if (typeof type !== 'string' || !isProtocol.test(type)) return undefined;
  return { atMs: undefined, from: undefined, event: { ...record, type } };
}

/** A line of a log: JSON, or words before JSON, of which some may be a time and a direction. */
function recordIn(line: string): unknown {
  const brace = line.indexOf('{');
  if (brace === -1) return undefined;
  const event = tryParseJson(line.slice(brace));
  if (brace === 0 || event === undefined) return event;
  const words = line.slice(0, brace).split(/[\s[\]|]+/);
  return {
    time: words.find((word) => isoDate.test(word)),
    direction: words.map((word) => word.replace(/:$/, '')).find((word) => sideOf(word) !== undefined),
    event,
  };
}

const isoDate = /^\d{4}-\d\d-\d\dT\d/;

/** So many wrappers may be around an event: that of a logger, and one of whoever logs. */
const mostWrappers = 3;

/** Who sends events of a type (protocol reference, section 2): every one belongs to one side. */
export function sideByType(type: string): EventLine['from'] {
  return clientTypes.has(type) ? 'client' : 'relay';
}

const eventNames = ['event', 'data', 'message', 'payload', 'body', 'msg'] as const;
const timeNames = ['time', 'timestamp', 'ts', 't', 'at', 'created_at', 'date', '@timestamp'] as const;
const sideNames = ['direction', 'source', 'from', 'side', 'origin', 'sender', 'dir'] as const;

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
  '↑',
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
  '↓',
]);

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
