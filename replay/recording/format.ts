import { z } from 'zod';

/**
 * The format of recordings: JSON lines, described in docs/recording.md. The first line is the header, every further one an
 * event as it passed the client's side of a session, and the last one may say how the session or the recording ended.
 */

/** What the header's `format` says. */
export const recordingFormat = 'realtime-relay-recording';

/** The version this program writes, and the only one it reads. */
export const recordingVersion = 1;

/** What becomes of audio: kept as base64, left out, or replaced by `audio_bytes` and `audio_ms`. */
export const audioModes = ['kept', 'dropped', 'length'] as const;
export type AudioMode = (typeof audioModes)[number];

/** What becomes of everything that is not known to be harmless. */
export const personalDataModes = ['redacted', 'kept'] as const;
export type PersonalDataMode = (typeof personalDataModes)[number];

/** An audio format as the Realtime protocol names it (protocol reference, section 3.3). */
export const audioFormatSchema = z.object({
  type: z.enum(['audio/pcm', 'audio/pcmu', 'audio/pcma']),
  /** Samples a second; left out: 24,000 for `audio/pcm`, 8,000 for the others. */
  rate: z.number().positive().optional(),
});
export type AudioFormat = z.infer<typeof audioFormatSchema>;

/** The first line. Members that a later minor writer adds are ignored. */
export const recordingHeaderSchema = z.object({
  format: z.literal(recordingFormat),
  version: z.literal(recordingVersion),
  /** When the session started. */
  recorded_at: z.iso.datetime({ offset: true }),
  /** The session's id, as it stands in logs. */
  session: z.string(),
  /** The phone carrier whose call it was; left out for clients that speak the Realtime protocol themselves. */
  carrier: z.string().optional(),
  audio: z.enum(audioModes),
  personal_data: z.enum(personalDataModes),
  /** What the session was set up with; a `session.updated` may tell otherwise. */
  input_format: audioFormatSchema,
  output_format: audioFormatSchema,
});
export type RecordingHeader = z.infer<typeof recordingHeaderSchema>;

/** Milliseconds since the session's start. */
const t = z.number().nonnegative();

/**
 * An event as it was recorded. Its `type` is `unknownType` where nobody could tell what it is, or where its own name might
 * tell too much; such an event cannot be replayed.
 */
const recordedEventSchema = z.looseObject({ type: z.string() });
export type RecordedEvent = z.infer<typeof recordedEventSchema>;

export const eventLineSchema = z.object({ t, from: z.enum(['client', 'relay']), event: recordedEventSchema });
export const endLineSchema = z.object({ t, end: z.string() });
export const cutLineSchema = z.object({ t, cut: z.string() });

/** What a side said. */
export type EventLine = z.infer<typeof eventLineSchema>;
/** The session ended, for a cause of docs/protocol.md. Nothing follows. */
export type EndLine = z.infer<typeof endLineSchema>;
/** The recording ended before the session did, for a reason of docs/recording.md. Nothing follows. */
export type CutLine = z.infer<typeof cutLineSchema>;
/** Any line but the first. */
export type RecordingLine = EventLine | EndLine | CutLine;

/** The `type` of an event that stands there with its size alone, as `bytes`. */
export const unknownType = 'unknown';

/** What stands in place of a text: how long it was, in UTF-16 code units. */
export const redactedText = (length: number) => `[redacted ${length}]`;

/** How long the text was that was redacted; undefined for any other text. */
export function redactedLength(text: string): number | undefined {
  const digits = /^\[redacted (\d{1,15})\]$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Bytes of audio in a millisecond: 48 for 24 kHz PCM16, 8 for G.711. */
export function audioBytesPerMs({ type, rate }: AudioFormat): number {
  return type === 'audio/pcm' ? (2 * (rate ?? 24_000)) / 1_000 : (rate ?? 8_000) / 1_000;
}
