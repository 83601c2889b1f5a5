import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AudioFormat,
  audioFormatSchema,
  Recorder,
  type Recording,
  recordingExtension,
  recordingFormat,
  type RecordingHeader,
  recordingVersion,
} from '../replay';
import type { EndCause, SessionTap } from '../relay';
import type { OrgConfig, RelayConfig } from './config';
import type { Logger } from './log';
import type { RecordingMetrics } from './metrics/recordings';
import { isPlainObject } from './plain-object';

/** The recordings that are being made in this process. */
export interface Recordings {
  /** Begins the recording of a session; undefined where its org is not recorded. */
  begin(session: RecordedSession): SessionRecording | undefined;
  /** Resolves when what was recorded is written, or cannot be; no recording is begun any more. */
  close(): Promise<void>;
}

/** A session that may be recorded. */
export interface RecordedSession {
  readonly id: string;
  readonly org: OrgConfig;
  /** The `session` object it is set up with. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The carrier's name, if it is a phone call. */
  readonly carrier?: string | undefined;
  readonly log: Logger;
}

/** The recording of one session. */
export interface SessionRecording {
  readonly tap: SessionTap;
  end(cause: EndCause): void;
}

/** A directory for recordings cannot be made, written to, or looked through for how much is in it. */
export class RecordingDirectoryError extends Error {
  override readonly name = 'RecordingDirectoryError';
  readonly code = 'recording_directory_unusable';
}

/**
 * Makes the directories that recordings go to, and the thread that writes them if any org is recorded.
 *
 * @throws RecordingDirectoryError
 */
export function openRecordings(
  { orgs, limits }: Pick<RelayConfig, 'orgs' | 'limits'>,
  { metrics, log }: { readonly metrics: RecordingMetrics; readonly log: Logger },
): Recordings {
  const directories = new Set(orgs.flatMap(({ recording }) => recording?.dir ?? []));
  if (directories.size === 0) return noRecordings;
  directories.forEach(prepareDirectory);
  const recorder = new Recorder({
    queueBytes: limits.recordingQueueBytes,
    directoryBytes: limits.recordingDirBytes,
    freeBytes: limits.recordingFreeBytes,
    onRoom: (directory, isFull) => {
      if (isFull) log.warn({ directory }, 'No room for recordings: sessions are not recorded');
      else log.info({ directory }, 'There is room for recordings again');
    },
    onFailed: (error) => log.error({ err: error }, 'Recordings cannot be written any more'),
  });
  return {
    begin(session) {
      const { recording: settings, limits: ofOrg } = session.org;
      if (settings === undefined) return undefined;
      const header = headerOf(session, settings);
      const file = join(settings.dir, `${header.recorded_at.replace(/[:.]/g, '-')}_${session.id}${recordingExtension}`);
      const plan = { file, header, maxBytes: ofOrg.recordingBytes };
      const recording = recorder.record(plan, performance.now(), (ending) => {
        metrics.recorded(ending);
        if (ending.kind === 'whole') return;
        // That there is no room was said once, of the directory.
        const level = ending.why === 'no_room' ? 'debug' : 'warn';
        session.log[level]({ reason: ending.why, code: ending.code }, 'Recording cut short');
      });
      return { tap: tapOf(recording), end: (cause) => recording.end(cause) };
    },
    close: () => recorder.close(),
  };
}

const noRecordings: Recordings = { begin: () => undefined, close: () => Promise.resolve() };

function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new RecordingDirectoryError(`recordings cannot be kept in ${directory} (${code})`, { cause: error });
  }
}

function headerOf(
  { id, config, carrier }: RecordedSession,
  { audio, personalData }: NonNullable<OrgConfig['recording']>,
): RecordingHeader {
  return {
    format: recordingFormat,
    version: recordingVersion,
    recorded_at: new Date().toISOString(),
    session: id,
    ...(carrier === undefined ? {} : { carrier }),
    audio,
    personal_data: personalData,
    input_format: formatIn(config, 'input'),
    output_format: formatIn(config, 'output'),
  };
}

/** What the session is set up with, or what the API takes where nothing is said. */
function formatIn({ audio }: RecordedSession['config'], side: 'input' | 'output'): AudioFormat {
  const ofSide = isPlainObject(audio) ? audio[side] : undefined;
  const format = audioFormatSchema.safeParse(isPlainObject(ofSide) ? ofSide['format'] : undefined);
  return format.data ?? { type: 'audio/pcm', rate: 24_000 };
}

const tapOf = (recording: Recording): SessionTap => ({
  fromClient: (message) => recording.add('client', message),
  toClient: (message) => recording.add('relay', message),
});
