import { isRecord, tryParseJson } from '../../simulator/protocol/json';
import { appendType, audioMsOf } from '../player/audio';
import { base64Bytes, seenInEvent } from '../player/seen';
import { type AudioFormat, type EventLine, type RecordedEvent, recordingHeaderSchema } from '../recording/format';
import { type Imported, ImportError, importedHeader, lineAt, pcm24 } from './imported';
import { inGaForm, isBetaUpdate } from './beta';
import { sideByType, unwrap } from './wrapper';

/**
 * Makes a recording of a log of Realtime events as people keep them: an event a line, or one array of events; each bare or in
 * a wrapper that says when it passed (`time`, `timestamp`, `ts`, …) and which way (`source`, `direction`, `from`, …). What no
 * wrapper says is told by the event: its type says who sent it, and audio how long it took.
 *
 * @param name the session's, such as the file's.
 * @throws ImportError where a client says nothing in it.
 */
export function importEventLog(text: string, name: string): Imported {
  const entries = entriesOf(text);
  const found = entries.map(unwrap).filter((entry) => entry !== undefined);
  const events = found.map(({ atMs, from, event }) => ({
    atMs,
    from: from ?? sideByType(event.type),
    event: inGaForm(event),
  }));
  const useful = events.filter(({ event }) => !isBetaUpdate(event));
  const lines = new Timeline().lines(useful);
  if (!lines.some(({ from }) => from === 'client')) {
    throw new ImportError('nothing_to_replay', `${name}: no event of a client is in it.`);
  }
  const firstMs = useful.find(({ atMs }) => atMs !== undefined && isDate(atMs))?.atMs;
  const header = importedHeader(name, formatsIn(lines), firstMs === undefined ? undefined : new Date(firstMs));
  return {
    header: recordingHeaderSchema.parse(header),
    lines,
    notes: notesOn({
      unreadable: entries.length - found.length,
      beta: events.length - useful.length,
      untimed: useful.filter(({ atMs }) => atMs === undefined).length,
      ofServersOnly: lines.filter(({ from, event }) => from === 'client' && isForServers(event)).length,
    }),
  };
}

/** Whether a time counts from 1970, in milliseconds, and not from some other beginning: from 2001 to 9999. */
const isDate = (atMs: number) => atMs >= 1e12 && atMs < 2.5e14;

/** A list, an object with a list in it, or lines. */
function entriesOf(text: string): unknown[] {
  const content = text.replace(/^\ufeff/, '').trim();
  const whole = /^[[{]/.test(content) ? tryParseJson(content) : undefined;
  if (Array.isArray(whole)) return whole;
  const lists = isRecord(whole) ? Object.values(whole).filter((value) => Array.isArray(value)) : [];
  if (lists[0] !== undefined && unwrap(whole) === undefined) return lists[0];
  return content.split('\n').filter((line) => line.trim() !== '');
}

interface Entry {
  readonly atMs: number | undefined;
  readonly from: EventLine['from'];
  readonly event: RecordedEvent;
}

/** Puts events at times from 0 on. Where they have none, audio takes as long as it sounds, and a person a moment. */
class Timeline {
  #input: AudioFormat = pcm24;
  /** Where 0 is on each of the clocks a log has: client and server may have one each. */
  readonly #origins = new Map<'date' | 'other', number>();
  #t = 0;
  #isClientNext = false;

  lines(entries: readonly Entry[]): EventLine[] {
    return entries.map(({ atMs, from, event }) => {
      if (atMs !== undefined) {
        // Logs of two directions are not always written in order.
        this.#t = Math.max(this.#t, atMs - this.#originOf(atMs));
      } else if (from === 'client') this.#passBefore(event);
      const line = lineAt(this.#t, from, event);
      if (atMs === undefined) this.#passAfter(from, event);
      const seen = from === 'relay' ? seenInEvent(event) : undefined;
      if (seen?.kind === 'updated' || seen?.kind === 'created') this.#input = seen.input ?? this.#input;
      return line;
    });
  }

  /** Of a clock that is new, the time is now. */
  #originOf(atMs: number): number {
    const clock = isDate(atMs) ? 'date' : 'other';
    const origin = this.#origins.get(clock) ?? atMs - this.#t;
    this.#origins.set(clock, origin);
    return origin;
  }

  #passBefore({ type }: RecordedEvent): void {
    if (this.#isClientNext && type !== appendType) this.#t += thinkingMs;
    this.#isClientNext = false;
  }

  #passAfter(from: EventLine['from'], { type, audio }: RecordedEvent): void {
    if (from === 'relay') this.#isClientNext = true;
    else if (type === appendType && typeof audio === 'string') this.#t += audioMsOf(base64Bytes(audio), this.#input);
  }
}

/** How long a person takes to go on after the server said something, where no time tells it. */
const thinkingMs = 500;

function formatsIn(lines: readonly EventLine[]) {
  for (const { from, event } of lines) {
    const seen = from === 'relay' ? seenInEvent(event) : undefined;
    if (seen?.kind === 'created' || seen?.kind === 'updated') {
      return { input_format: seen.input ?? pcm24, output_format: seen.output ?? pcm24 };
    }
  }
  return { input_format: pcm24, output_format: pcm24 };
}

/** What only somebody says who runs the tools, which a client of the relay does not. */
function isForServers(event: RecordedEvent): boolean {
  const { item } = event;
  return event.type === 'conversation.item.create' && isRecord(item) && item['type'] === 'function_call_output';
}

function notesOn(counts: Readonly<Record<'unreadable' | 'beta' | 'untimed' | 'ofServersOnly', number>>): string[] {
  const { unreadable, beta, untimed, ofServersOnly } = counts;
  return [
    ...(unreadable > 0 ? [`${unreadable} entries are no events of the Realtime protocol, and were left out.`] : []),
    ...(beta > 0
      ? [`${beta} settings in the form of the beta API were left out; sessions have what the server gives them.`]
      : []),
    ...(untimed > 0 ? [`${untimed} events have no time; audio is sent as fast as it sounds.`] : []),
    ...(ofServersOnly > 0
      ? [`${ofServersOnly} outputs of tools are in it. OpenAI takes them; a relay runs its own tools and refuses them.`]
      : []),
  ];
}
