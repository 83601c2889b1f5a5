import { createReadStream } from 'node:fs';
import { z } from 'zod';
import {
  cutLineSchema,
  endLineSchema,
  eventLineSchema,
  type RecordingHeader,
  recordingFormat,
  recordingHeaderSchema,
  type RecordingLine,
  recordingVersion,
} from './format';

/** The longest line that is read, in bytes: far more than any message the relay lets pass as a whole. */
export const maxLineBytes = 67_108_864;

/** A recording that cannot be read. Its message names the file and the line, and repeats nothing of what stands there. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  constructor(
    readonly code: RecordingErrorCode,
    readonly file: string,
    /** Counted from 1. */
    readonly line: number,
    reason: string,
  ) {
    super(`${file}, line ${line}: ${reason}`);
  }
}

/** The file is something else; it is of another version; one of its lines is wrong, or longer than `maxLineBytes`. */
export type RecordingErrorCode = 'not_a_recording' | 'unsupported_version' | 'invalid_line' | 'line_too_long';

/** A line with where it stands, counted from 1; the header's is 1. */
export interface NumberedLine {
  readonly number: number;
  readonly line: RecordingLine;
}

/**
 * Reads the first line of a recording.
 *
 * @throws RecordingError; Node's own error where the file cannot be read.
 */
export async function readHeader(file: string): Promise<RecordingHeader> {
  for await (const text of textLines(file)) return headerIn(file, text.bytes);
  throw notARecording(file);
}

/**
 * Reads a recording line by line, without its header, which is checked. Ends at the last line, whatever that is: a process that
 * was killed while it wrote leaves a line without an end, which counts as not written. Blank lines are passed over.
 *
 * @throws RecordingError; Node's own error where the file cannot be read.
 */
export async function* readLines(file: string): AsyncGenerator<NumberedLine, void, undefined> {
  let number = 0;
  let isOver = false;
  for await (const { bytes, isWhole } of textLines(file)) {
    number += 1;
    if (number === 1) {
      headerIn(file, bytes);
      continue;
    }
    if (isBlank(bytes)) continue;
    if (isOver) throw new RecordingError('invalid_line', file, number, 'comes after the line that ends the recording');
    const value = parsed(bytes);
    if (value === undefined && !isWhole) return;
    const line = lineIn(file, number, value);
    isOver = !('event' in line);
    yield { number, line };
  }
  if (number === 0) throw notARecording(file);
}

/** One line of a file; the last one may lack its end. */
interface TextLine {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

async function* textLines(file: string): AsyncGenerator<TextLine, void, undefined> {
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 1;
  const keep = (piece: Buffer) => {
    length += piece.length;
    if (length > maxLineBytes) {
      throw new RecordingError('line_too_long', file, number, `is longer than ${maxLineBytes} bytes`);
    }
    pieces.push(piece);
  };
  // Without an encoding a file's stream gives Buffers.
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end));
      yield { bytes: Buffer.concat(pieces, length), isWhole: true };
      pieces = [];
      length = 0;
      number += 1;
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (length > 0) yield { bytes: Buffer.concat(pieces, length), isWhole: false };
}

function headerIn(file: string, bytes: Buffer): RecordingHeader {
  const value = parsed(bytes);
  const result = recordingHeaderSchema.safeParse(value);
  if (result.success) return result.data;
  const intro = introSchema.safeParse(value);
  if (!intro.success) throw notARecording(file);
  if (intro.data.version !== recordingVersion) {
    const reason = `this program reads recordings of version ${recordingVersion}, not of version ${intro.data.version}`;
    throw new RecordingError('unsupported_version', file, 1, reason);
  }
  throw new RecordingError('invalid_line', file, 1, reasonOf(result.error));
}

/** What a header of any version has. */
const introSchema = z.object({ format: z.literal(recordingFormat), version: z.number() });

function lineIn(file: string, number: number, value: unknown): RecordingLine {
  if (typeof value !== 'object' || value === null) {
    throw new RecordingError('invalid_line', file, number, 'is not a JSON object');
  }
  const schema = 'end' in value ? endLineSchema : 'cut' in value ? cutLineSchema : eventLineSchema;
  const result = schema.safeParse(value);
  if (!result.success) throw new RecordingError('invalid_line', file, number, reasonOf(result.error));
  return result.data;
}

/** The first fault, by its place in the line; the library's words name kinds of values and never a value. */
function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.map(String).join('.') || 'the line'}: ${issue?.message ?? 'is wrong'}`;
}

const notARecording = (file: string) =>
  new RecordingError('not_a_recording', file, 1, `is not the header of a recording ("format": "${recordingFormat}")`);

/** Undefined where it is not JSON. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

const newline = 0x0a;
const isBlank = (bytes: Buffer) => bytes.every((byte) => byte <= 0x20);
