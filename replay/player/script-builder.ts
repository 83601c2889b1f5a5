import { basename } from 'node:path';
import { isRecord } from '../../simulator/protocol/json';
import {
  type AudioFormat,
  type EventLine,
  type RecordedEvent,
  type RecordingHeader,
  type RecordingLine,
  redactedLength,
  unknownType,
} from '../recording/format';
import { readHeader, readLines } from '../recording/read';
import { appendFrame, appendType, audioMsOf, type SpokenSpan, standInFrame } from './audio';
import { addIds, type IdsSeen, placesOf } from './item-ids';
import { type Milestone, milestoneOf, type MilestoneKind } from './milestone';
import { emptyOutline, outlined } from './outline';
import type { AudioStep, EndStep, EventStep, Script, Step } from './script';
import { base64Bytes, seenInEvent } from './seen';

/**
 * Reads a recording from a file.
 *
 * @throws RecordingError; Node's own error where the file cannot be read.
 */
export async function readScript(file: string): Promise<Script> {
  const builder = new ScriptBuilder(basename(file).replace(/\.jsonl$/, ''), await readHeader(file));
  for await (const { line } of readLines(file)) builder.add(line);
  return builder.build();
}

/** Makes a script of a recording, line by line. */
export class ScriptBuilder {
  readonly #drafts: Draft[] = [];
  readonly #spoken: SpokenSpan[] = [];
  #input: AudioFormat;
  #outline = emptyOutline;
  #ids: IdsSeen = {};
  #after: Milestone = { kind: 'opened', count: 1 };
  #afterMs = 0;
  readonly #counts: Record<MilestoneKind, number> = { opened: 1, created: 0, updated: 0, began: 0, answered: 0 };
  #lastStepMs = 0;
  #lengthMs = 0;
  #audioMs = 0;
  #speakingSinceMs: number | undefined;
  #texts = 0;
  #leftOut = 0;
  #end: EndStep['by'] = 'client';

  constructor(
    private readonly name: string,
    header: RecordingHeader,
  ) {
    this.#input = header.input_format;
  }

  add(line: RecordingLine): void {
    this.#lengthMs = Math.max(this.#lengthMs, line.t);
    if ('cut' in line) return;
    if ('end' in line) this.#end = endsByServer.has(line.end) ? 'server' : 'client';
    else if (line.from === 'client') this.#addClient(line);
    else this.#addServer(line);
  }

  build(): Script {
    // Somebody was still speaking.
    this.#endSpeech(Infinity);
    const end: EndStep = { kind: 'end', by: this.#end, ...this.#timing(this.#lengthMs) };
    const steps = this.#drafts.map((draft) => this.#stepOf(draft));
    return {
      name: this.name,
      steps: [...steps, end],
      outline: this.#outline,
      places: placesOf(this.#ids),
      lengthMs: this.#lengthMs,
      standIns: {
        frames: this.#drafts.filter((draft) => draft.kind === 'audio' && draft.audio === undefined).length,
        texts: this.#texts,
        leftOut: this.#leftOut,
      },
    };
  }

  #addServer({ t, event }: EventLine): void {
    const seen = seenInEvent(event);
    if (seen === undefined) return;
    if (seen.kind === 'created' || seen.kind === 'updated') this.#input = seen.input ?? this.#input;
    if (seen.kind === 'speech_started') this.#speakingSinceMs = seen.audioMs;
    if (seen.kind === 'speech_stopped') this.#endSpeech(seen.audioMs);
    this.#outline = outlined(this.#outline, seen);
    this.#ids = addIds(this.#ids, seen);
    const milestone = milestoneOf(seen);
    if (milestone === undefined) return;
    this.#counts[milestone] += 1;
    this.#after = { kind: milestone, count: this.#counts[milestone] };
    this.#afterMs = t;
  }

  #addClient({ t, event }: EventLine): void {
    if (event.type === unknownType) {
      this.#leftOut += 1;
      return;
    }
    const timing = this.#timing(t);
    if (event.type === appendType) this.#addAudio(event, timing, t);
    else this.#drafts.push({ kind: 'event', event: this.#readable(event), ...timing });
    this.#lastStepMs = t;
  }

  #addAudio(event: RecordedEvent, timing: Timing, t: number): void {
    const { audio } = event;
    const kept = typeof audio === 'string' && audio !== '' ? audio : undefined;
    const lengthMs = kept === undefined ? recordedMs(event, timing.gapMs) : audioMsOf(base64Bytes(kept), this.#input);
    const before = this.#drafts.at(-1);
    const continues = before?.kind === 'audio' && timing.gapMs <= before.lengthMs + maxPauseMs;
    const draft: AudioDraft = {
      kind: 'audio',
      audio: kept,
      atMs: this.#audioMs,
      lengthMs,
      format: this.#input,
      continues,
      ...timing,
    };
    this.#drafts.push(draft);
    this.#audioMs += lengthMs;
    this.#lengthMs = Math.max(this.#lengthMs, t);
  }

  #endSpeech(toMs: number): void {
    const fromMs = this.#speakingSinceMs;
    // The silence by which an end is noticed counts as speech; of a short one at least half was.
    if (fromMs !== undefined) this.#spoken.push({ fromMs, toMs: Math.max((fromMs + toMs) / 2, toMs - endSilenceMs) });
    this.#speakingSinceMs = undefined;
  }

  #timing(t: number): Timing {
    return { after: this.#after, delayMs: Math.max(0, t - this.#afterMs), gapMs: Math.max(0, t - this.#lastStepMs) };
  }

  #stepOf(draft: Draft): Step {
    if (draft.kind === 'event') return draft;
    const { audio, atMs, ...rest } = draft;
    const isVoice = this.#spoken.some(({ fromMs, toMs }) => atMs + rest.lengthMs > fromMs && atMs < toMs);
    // Frames that are next to nothing would be sent without end while the client waits.
    const silenceMs = rest.lengthMs < shortestMs ? usualMs : rest.lengthMs;
    return {
      ...rest,
      frame: audio === undefined ? standInFrame(rest.lengthMs, isVoice, rest.format) : appendFrame(audio),
      silence: standInFrame(silenceMs, false, rest.format),
      silenceMs,
    };
  }

  /** Other words where a turn's text was redacted. What else was is left out: no server would take what stands there. */
  #readable(event: RecordedEvent): RecordedEvent {
    return { ...this.#readableMembers(event), type: event.type };
  }

  #readableMembers(members: Record<string, unknown>): Record<string, unknown> {
    const readable = Object.entries(members).map(
      ([name, member]) => [name, this.#readableValue(name, member)] as const,
    );
    return Object.fromEntries(readable.filter(([, member]) => member !== undefined));
  }

  #readableValue(name: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => this.#readableValue(name, element));
    if (isRecord(value)) return this.#readableMembers(value);
    const length = typeof value === 'string' ? redactedLength(value) : undefined;
    if (length === undefined) return value;
    if (name !== 'text') return undefined;
    this.#texts += 1;
    return fillers.repeat(Math.ceil(length / fillers.length)).slice(0, length);
  }
}

/** What is said where nobody knows what was said. */
const fillers = 'and so on ';

type Timing = Pick<EventStep, 'after' | 'delayMs' | 'gapMs'>;

interface AudioDraft extends Omit<AudioStep, 'frame' | 'silence' | 'silenceMs'> {
  /** Undefined where it was not kept. */
  readonly audio: string | undefined;
  /** Where it begins in all that was sent. */
  readonly atMs: number;
}

type Draft = AudioDraft | EventStep;

/** Causes by which a server ends a session as part of the conversation; all others are circumstances, not to be waited for. */
const endsByServer = new Set(['call_ended']);

/** By so much silence the end of a turn is noticed, in milliseconds (protocol reference, section 3.2). */
const endSilenceMs = 500;

/** A microphone that says nothing for longer than this, in milliseconds, was closed in between. */
const maxPauseMs = 400;

/** The shortest and the usual length of a frame, and the longest that is guessed where nothing tells it, in milliseconds. */
const [shortestMs, usualMs, longestGuessMs] = [5, 20, 200];

/** The longest frame that is made where it was not kept, in milliseconds: no message the API takes holds more. */
const longestMs = 300_000;

function recordedMs(event: RecordedEvent, gapMs: number): number {
  const { audio_ms: ms } = event;
  if (typeof ms === 'number' && ms >= 0) return Math.min(ms, longestMs);
  return gapMs > 0 && gapMs <= longestGuessMs ? gapMs : usualMs;
}
