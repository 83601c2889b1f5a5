import { hash, randomBytes } from 'node:crypto';
import { isRecord, speech } from './audio';
import { type RecordedEvent, redactedText } from './format';
import { eventTypes, type Kept, members, protocolWords } from './vocabulary';

/** What of a recording's events is kept beside the words of the protocol. */
export interface Redaction {
  /** Stands in for ids: the same for the same id, without showing it. */
  readonly pseudonym: (id: string) => string;
  /** Whether audio that is still there may stay. */
  readonly keepsAudio: boolean;
}

/** Pseudonyms of one recording; those of another have nothing in common with them. */
export function pseudonyms(): Redaction['pseudonym'] {
  const salt = randomBytes(16).toString('hex');
  return (id) => `id_${hash('sha256', salt + id).slice(0, 16)}`;
}

/**
 * An event with nothing in it but what the vocabulary knows to be harmless: members of other names are left out, texts
 * are replaced by their length, ids by pseudonyms. Undefined for an event of a type that is not known.
 */
export function redacted(event: RecordedEvent, redaction: Redaction): RecordedEvent | undefined {
  if (!eventTypes.has(event.type)) return undefined;
  const { delta, ...rest } = event;
  const kept = keptMembers(rest, redaction, 0);
  // The one place where audio has another name.
  const keptDelta =
    delta === undefined ? undefined : keptValue(delta, event.type === speech ? ['audio'] : [], redaction, 0);
  return { ...kept, type: event.type, ...(keptDelta === undefined ? {} : { delta: keptDelta }) };
}

/** Deeper than any event of the protocol is nested. */
const maxDepth = 12;

function keptMembers(value: Readonly<Record<string, unknown>>, redaction: Redaction, depth: number) {
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const kinds = members.get(name);
    const keptInner = kinds && keptValue(inner, kinds, redaction, depth);
    if (keptInner !== undefined) kept[name] = keptInner;
  }
  return kept;
}

/** What is kept of a value; undefined where nothing is. */
function keptValue(value: unknown, kinds: readonly Kept[], redaction: Redaction, depth: number): unknown {
  if (value === null) return null;
  if (typeof value === 'string') return keptText(value, kinds, redaction);
  if (typeof value === 'number') return kinds.includes('number') ? value : undefined;
  if (typeof value === 'boolean') return kinds.includes('flag') ? value : undefined;
  if (depth >= maxDepth) return undefined;
  if (Array.isArray(value)) return value.map((each) => keptValue(each, kinds, redaction, depth + 1) ?? null);
  return isRecord(value) && kinds.includes('group') ? keptMembers(value, redaction, depth + 1) : undefined;
}

function keptText(text: string, kinds: readonly Kept[], { pseudonym, keepsAudio }: Redaction): string {
  if (kinds.includes('id')) return text === conversationStart ? text : pseudonym(text);
  const isHarmless =
    (kinds.includes('audio') && keepsAudio) ||
    (kinds.includes('word') && protocolWords.has(text)) ||
    (kinds.includes('language') && /^[a-z]{2}$/.test(text));
  return isHarmless ? text : redactedText(text.length);
}

/** What a client calls the place before the first item. */
const conversationStart = 'root';
