import {
  type EventLine,
  type RecordingHeader,
  recordingFormat,
  type RecordingLine,
  recordingVersion,
} from '../recording/format';

/** Something else that was made into a recording. */
export interface Imported {
  readonly header: RecordingHeader;
  readonly lines: readonly RecordingLine[];
  /** What was left out or guessed, in words for people; repeats nothing of the content. */
  readonly notes: readonly string[];
}

/** What cannot be made into a recording. Its message says why, and repeats nothing of the content. */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  constructor(
    readonly code: 'nothing_to_replay' | 'invalid_script' | 'unreadable_audio',
    message: string,
  ) {
    super(message);
  }
}

/** The header of a recording that nobody recorded: audio and texts are all there. */
export function importedHeader(
  session: string,
  formats: Pick<RecordingHeader, 'input_format' | 'output_format'>,
  recordedAt = new Date(0),
): RecordingHeader {
  return {
    format: recordingFormat,
    version: recordingVersion,
    recorded_at: recordedAt.toISOString(),
    session,
    audio: 'kept',
    personal_data: 'kept',
    ...formats,
  };
}

/** The recording as the text of a file. */
export function recordingText({ header, lines }: Imported): string {
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

export const pcm24 = { type: 'audio/pcm', rate: 24_000 } as const;

/** A line at a time, in milliseconds since the session's start. */
export function lineAt(t: number, from: EventLine['from'], event: EventLine['event']): EventLine {
  return { t: Math.max(0, Math.round(t * 10) / 10), from, event };
}
