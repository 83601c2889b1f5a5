import { z } from 'zod';
import { isRecord } from '../../simulator/protocol/json';
import { type AudioFormat, audioFormatSchema } from '../recording/format';

/** What a server event means to a client that is replayed. Everything else about it is left alone. */
export type Seen = { readonly type: string } & Meaning;

type Meaning =
  | { readonly kind: 'began' | 'text' | 'committed' | 'cleared' | 'other' }
  /** The session is told, with the audio formats it has; missing where it does not say. */
  | { readonly kind: 'created' | 'updated'; readonly input?: AudioFormat; readonly output?: AudioFormat }
  /** A response ended, with this status. */
  | { readonly kind: 'answered'; readonly status: string }
  /** So many bytes of the answer's audio, of this item; 0 where a recording has dropped it. */
  | { readonly kind: 'audio'; readonly bytes: number; readonly itemId: string }
  /** The user's turn began or ended at this place in the audio sent so far, in milliseconds. */
  | { readonly kind: 'speech_started' | 'speech_stopped'; readonly audioMs: number }
  /** An item is in the conversation; `sort` is such as `message/user`. */
  | { readonly kind: 'item'; readonly id: string; readonly sort: string; readonly callId: string | undefined }
  | { readonly kind: 'activity'; readonly isBusy: boolean }
  | { readonly kind: 'error'; readonly code: string };

/**
 * Reads a frame as it came off the wire. Audio, which is almost all of the bytes, is measured without being parsed.
 *
 * @returns undefined where the frame is no event.
 */
export function seenInFrame(frame: Buffer): Seen | undefined {
  if (frame.subarray(0, audioStart.length).equals(audioStart)) {
    const bytes = deltaBytes(frame);
    if (bytes !== undefined) return { type: audioType, kind: 'audio', bytes, itemId: itemIdIn(frame) };
  }
  try {
    return seenInEvent(JSON.parse(frame.toString()));
  } catch {
    return undefined;
  }
}

/** Reads an event that is parsed already. @returns undefined where it is no event. */
export function seenInEvent(event: unknown): Seen | undefined {
  if (!isRecord(event) || typeof event['type'] !== 'string') return undefined;
  return { type: nameOf(event['type']), ...meaningOf(event['type'], event) };
}

/** The bytes that a text in base64 stands for. */
export function base64Bytes(base64: string): number {
  return bytesOf(base64.length, base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);
}

const audioType = 'response.output_audio.delta';
const audioStart = Buffer.from(`{"type":"${audioType}"`);
const deltaStart = Buffer.from('"delta":"');
const itemIdStart = Buffer.from('"item_id":"');
const quote = 0x22;
const equalsSign = 0x3d;

/** The frame's first `delta` is its own: its other members are ids and numbers. */
function deltaBytes(frame: Buffer): number | undefined {
  const span = textSpan(frame, deltaStart);
  if (span === undefined) return undefined;
  const { from, to } = span;
  const padding = frame[to - 1] !== equalsSign ? 0 : frame[to - 2] === equalsSign ? 2 : 1;
  return bytesOf(to - from, padding);
}

function itemIdIn(frame: Buffer): string {
  const span = textSpan(frame, itemIdStart);
  return span === undefined ? '' : frame.toString('latin1', span.from, span.to);
}

/** Where the text stands that follows a member's name, without its quotes. */
function textSpan(frame: Buffer, start: Buffer): { readonly from: number; readonly to: number } | undefined {
  const at = frame.indexOf(start);
  const from = at + start.length;
  const to = frame.indexOf(quote, from);
  return at === -1 || to === -1 ? undefined : { from, to };
}

const bytesOf = (characters: number, padding: number) => Math.max(0, Math.floor((characters * 3) / 4) - padding);

function meaningOf(type: string, event: Record<string, unknown>): Meaning {
  switch (type) {
    case 'session.created':
      return { kind: 'created', ...formatsOf(event['session']) };
    case 'session.updated':
      return { kind: 'updated', ...formatsOf(event['session']) };
    case 'response.created':
      return { kind: 'began' };
    case 'response.done':
      return { kind: 'answered', status: nameOf(textAt(event['response'], 'status') ?? 'completed') };
    case audioType:
      return { kind: 'audio', bytes: audioBytes(event), itemId: textAt(event, 'item_id') ?? '' };
    case 'response.output_text.delta':
      return { kind: 'text' };
    case 'input_audio_buffer.committed':
      return { kind: 'committed' };
    case 'input_audio_buffer.cleared':
      return { kind: 'cleared' };
    case 'input_audio_buffer.speech_started':
      return { kind: 'speech_started', audioMs: numberAt(event, 'audio_start_ms') };
    case 'input_audio_buffer.speech_stopped':
      return { kind: 'speech_stopped', audioMs: numberAt(event, 'audio_end_ms') };
    case 'conversation.item.added':
      return itemOf(event['item']);
    case 'relay.activity':
      return { kind: 'activity', isBusy: event['state'] === 'busy' };
    case 'error':
      return { kind: 'error', code: errorCode(event['error']) };
    default:
      return { kind: 'other' };
  }
}

function formatsOf(session: unknown) {
  const { data } = formatsSchema.safeParse(session);
  const [input, output] = [data?.audio.input?.format, data?.audio.output?.format];
  return { ...(input && { input }), ...(output && { output }) };
}

const direction = z.object({ format: audioFormatSchema.optional() }).optional();
const formatsSchema = z.object({ audio: z.object({ input: direction, output: direction }) });

function itemOf(item: unknown): Meaning {
  const id = textAt(item, 'id');
  if (id === undefined) return { kind: 'other' };
  const parts = [textAt(item, 'type') ?? 'item', textAt(item, 'role')].filter((part) => part !== undefined);
  return { kind: 'item', id, sort: parts.map(nameOf).join('/'), callId: textAt(item, 'call_id') };
}

function errorCode(error: unknown): string {
  return nameOf(textAt(error, 'code') ?? textAt(error, 'type') ?? 'unknown');
}

/** Names come from servers and stand in reports. One that is none may be anything, and is not repeated. */
function nameOf(text: string): string {
  return /^[A-Za-z][\w.-]{0,79}$/.test(text) ? text : 'unnamed';
}

/** A recording may have replaced the audio by its length. */
function audioBytes(event: Record<string, unknown>): number {
  const { delta } = event;
  return typeof delta === 'string' ? base64Bytes(delta) : numberAt(event, 'audio_bytes');
}

function textAt(value: unknown, key: string): string | undefined {
  const text = isRecord(value) ? value[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function numberAt(value: unknown, key: string): number {
  const number = isRecord(value) ? value[key] : undefined;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}
