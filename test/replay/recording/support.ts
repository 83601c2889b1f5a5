import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordingHeader } from '../../../replay/recording/format';
import type { RoomLimits } from '../../../replay/recording/room';

/** A header with defaults, some of its members changed. */
export const headerWith = (changes: Partial<RecordingHeader> = {}): RecordingHeader => ({
  format: 'realtime-relay-recording',
  version: 1,
  recorded_at: '2026-11-23T01:30:00.000Z',
  session: 'rs_1',
  audio: 'length',
  personal_data: 'redacted',
  input_format: { type: 'audio/pcm', rate: 24_000 },
  output_format: { type: 'audio/pcm', rate: 24_000 },
  ...changes,
});

/** All the room one could wish for. */
export const plentyOfRoom: RoomLimits = { directoryBytes: 2 ** 50, freeBytes: 0 };

/** A folder for each test, removed after it; to be called once in a test file. */
export function recordingFolder(): { readonly path: () => string; readonly file: (name?: string) => string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recording-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return { path: () => folder, file: (name = 'call.jsonl') => join(folder, name) };
}

/** The lines of a file, without the header. */
export const bodyOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line): unknown => JSON.parse(line));
