import { z } from 'zod';
import { parseObject, type JsonObject } from '../json';
import { isBase64 } from '../protocol/base64';
import { type CarrierFormat } from './carrier-format';
import {
  keypadDigit,
  type CarrierEvent,
  type CallStart,
  type CarrierFault,
  type Dialect,
  type Encoder,
} from './dialect';
import { readMediaMembers, type MediaMembers } from './media-members';

/** How a stream says what its audio is, in its `start`. */
export interface MediaFormat {
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
}

/**
 * The messages Twilio invented and others speak (telephony reference, sections 2 and 3): JSON text, audio as base64.
 *
 * @param formatOf the audio a stream declares, or undefined where this carrier has no such audio.
 */
export function mediaStreams(name: string, formatOf: (format: MediaFormat) => CarrierFormat | undefined): Dialect {
  return {
    name,
    capabilities: { marks: true, frameMs: 20, lagMs: 0, maxAheadMs: Infinity },
    parse: (frame, isBinary) => {
      if (isBinary) return fault('carrier_invalid_frame');
      const media = readMediaMembers(frame, streamKey);
      return media === undefined ? parseWhole(frame, formatOf) : audio(media);
    },
    encoder,
  };
}

const streamKey = Buffer.from('streamSid');

/** Twilio's counters are decimal strings, those of others numbers. */
const counter = z.union([z.string(), z.number()]);

const message = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('start'),
    start: z.object({
      streamSid: z.string().min(1),
      callSid: z.string().min(1),
      mediaFormat: z.object({
        encoding: z.string(),
        sampleRate: z.coerce.number(),
        channels: z.coerce.number().default(1),
      }),
      customParameters: z.record(z.string(), z.string()).default({}),
    }),
  }),
  z.object({
    event: z.literal('media'),
    streamSid: z.string().optional(),
    media: z.object({ track: z.string().optional(), timestamp: counter.optional(), payload: z.string() }),
  }),
  z.object({ event: z.literal('dtmf'), dtmf: z.object({ digit: z.string().regex(keypadDigit) }) }),
  z.object({ event: z.literal('mark'), mark: z.object({ name: z.string() }) }),
  z.object({ event: z.literal('stop') }),
]);

const knownEvents: ReadonlySet<unknown> = new Set(message.options.map((option) => option.shape.event.value));

function parseWhole(frame: Buffer, formatOf: (format: MediaFormat) => CarrierFormat | undefined): CarrierEvent {
  const value = parseObject(frame);
  if (value === undefined) return fault('carrier_invalid_frame');
  if (!knownEvents.has(value['event'])) return notice(value);
  const parsed = message.safeParse(value);
  if (!parsed.success) return fault(value['event'] === 'start' ? 'carrier_invalid_frame' : 'invalid_event');
  const { data } = parsed;
  switch (data.event) {
    case 'start': {
      const { streamSid, callSid, mediaFormat, customParameters } = data.start;
      const format = mediaFormat.channels === 1 ? formatOf(mediaFormat) : undefined;
      if (format === undefined) return fault('carrier_wrong_codec');
      return { kind: 'started', start: { streamId: streamSid, callId: callSid, format, parameters: customParameters } };
    }
    case 'media': {
      const { track = null, timestamp = null, payload } = data.media;
      return audio({ streamId: data.streamSid ?? null, track, timestamp, payload: Buffer.from(payload) });
    }
    case 'dtmf':
      return { kind: 'digit', digit: data.dtmf.digit };
    case 'mark':
      return { kind: 'mark', name: data.mark.name };
    case 'stop':
      return { kind: 'stopped' };
  }
}

function audio({ streamId, track, timestamp, payload }: MediaMembers): CarrierEvent {
  // What we sent ourselves, on a stream that was set up to carry both directions.
  if (track !== null && track !== 'inbound') return { kind: 'notice', name: 'media_of_another_track' };
  if (!isBase64(payload)) return fault('invalid_base64');
  const timestampMs = timestamp === null ? null : decimal(timestamp);
  if (timestampMs === undefined) return fault('carrier_impossible_timestamp');
  return { kind: 'audio', streamId, base64: payload, timestampMs };
}

function decimal(value: string | number): number | undefined {
  if (typeof value === 'string' && !/^\d{1,15}$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function notice({ event }: JsonObject): CarrierEvent {
  return { kind: 'notice', name: event === 'connected' ? event : 'unknown' };
}

function fault(name: CarrierFault): CarrierEvent {
  return { kind: 'fault', fault: name };
}

/** Extra or missing members make Twilio ignore a message with warning 31951, so these are exactly its own. */
function encoder({ streamId }: CallStart): Encoder {
  const id = JSON.stringify(streamId);
  const head = Buffer.from(`{"event":"media","streamSid":${id},"media":{"payload":"`);
  const clear = text(`{"event":"clear","streamSid":${id}}`);
  return {
    audio: (base64) => [text(Buffer.concat([head, base64, tail]))],
    mark: (name) => text(`{"event":"mark","streamSid":${id},"mark":{"name":${JSON.stringify(name)}}}`),
    clear: () => clear,
  };
}

const tail = Buffer.from('"}}');

function text(data: Buffer | string) {
  return { data, isBinary: false };
}
