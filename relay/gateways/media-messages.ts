import { z } from 'zod';
import { isBase64 } from '../protocol/base64';
import { fault, notice, readControl, text, when, type Reader, type Readers } from './control-messages';
import { keypadDigit, type CarrierEvent, type CarrierMessage, type Dialect } from './dialect';
import { readMediaMembers, type MediaMembers } from './media-members';

/** What differs between carriers that send their audio as base64 within `media` messages. */
export interface MediaMessages {
  /** Which member names the stream. */
  readonly streamKey: string;
  /** Its audio may come in another order than it was said in. */
  readonly isUnordered: boolean;
  /** How its other messages are read. */
  readonly readers: Readers;
}

/** Parses the messages of such a carrier: audio in one look at its bytes, everything else in full. All are text. */
export function parseMediaMessages({ streamKey, isUnordered, readers }: MediaMessages): Dialect['parse'] {
  const media: Reader = (message) => {
    const parsed = mediaShape.safeParse(message);
    const streamId = message[streamKey] ?? null;
    if (!parsed.success || (streamId !== null && typeof streamId !== 'string')) return undefined;
    const { track = null, timestamp = null, chunk = null, payload } = parsed.data.media;
    return audio({ streamId, track, timestamp, chunk, payload: Buffer.from(payload) }, isUnordered);
  };
  const all: Readers = { ...readers, media };
  const key = Buffer.from(streamKey);
  return (frame, isBinary) => {
    if (isBinary) return fault('carrier_invalid_frame');
    const members = readMediaMembers(frame, key);
    return members === undefined ? readControl(frame, all, 'start') : audio(members, isUnordered);
  };
}

/** `{"dtmf":{"digit":"5"}}`: a key. */
export const readDigit: Reader = when(
  z.object({ dtmf: z.object({ digit: z.coerce.string().regex(keypadDigit) }) }),
  ({ dtmf: { digit } }) => ({ kind: 'digit', digit }),
);

/** `{"mark":{"name":"i1:240"}}`: a mark of ours. */
export const readMark: Reader = when(z.object({ mark: z.object({ name: z.string() }) }), ({ mark: { name } }) => ({
  kind: 'mark',
  name,
}));

/** Writes audio into the messages that begin and end like this; its text is moved, not read. */
export function mediaWriter(head: string, tail: string): (base64: Buffer) => readonly CarrierMessage[] {
  const [before, behind] = [Buffer.from(head), Buffer.from(tail)];
  return (base64) => [text(Buffer.concat([before, base64, behind]))];
}

/** The counters of some are decimal strings, those of others numbers. */
const counter = z.union([z.string(), z.number()]);

const mediaShape = z.object({
  media: z.object({
    track: z.string().optional(),
    timestamp: counter.optional(),
    chunk: counter.optional(),
    payload: z.string(),
  }),
});

function audio({ streamId, track, timestamp, chunk, payload }: MediaMembers, isUnordered: boolean): CarrierEvent {
  // What we sent ourselves, on a stream that was set up to carry both directions.
  if (track !== null && track !== 'inbound') return notice('media_of_another_track');
  if (!isBase64(payload)) return fault('invalid_audio');
  const timestampMs = timestamp === null ? null : decimal(timestamp);
  if (timestampMs === undefined) return fault('carrier_impossible_timestamp');
  const place = isUnordered && chunk !== null ? decimal(chunk) : null;
  if (place === undefined) return fault('invalid_event');
  return { kind: 'audio', streamId, base64: payload, timestampMs, chunk: place };
}

function decimal(value: string | number): number | undefined {
  if (typeof value === 'string' && !/^\d{1,15}$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
