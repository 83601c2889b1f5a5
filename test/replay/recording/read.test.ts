import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordingLine } from '../../../replay/recording/format';
import { maxLineBytes, readHeader, readLines } from '../../../replay/recording/read';

const header = {
  format: 'realtime-relay-recording',
  version: 1,
  recorded_at: '2026-11-23T01:30:00.000Z',
  session: 'rs_1',
  audio: 'length',
  personal_data: 'redacted',
  input_format: { type: 'audio/pcmu' },
  output_format: { type: 'audio/pcm', rate: 24_000 },
};
const said = { t: 12.5, from: 'client', event: { type: 'input_audio_buffer.commit', event_id: 'id_1' } };
const end = { t: 20, end: 'client_closed' };

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'));
  file = join(folder, 'call.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (...lines: (object | string)[]) =>
  writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join(''));

async function linesOf(): Promise<RecordingLine[]> {
  const lines: RecordingLine[] = [];
  for await (const { line } of readLines(file)) lines.push(line);
  return lines;
}

it('reads the header and every line, and counts them', async () => {
  write(header, said, '\r\n', end);
  expect(await readHeader(file)).toEqual(header);
  const numbers: number[] = [];
  for await (const { number } of readLines(file)) numbers.push(number);
  expect(numbers).toEqual([2, 4]);
  expect(await linesOf()).toEqual([said, end]);
});

it('takes a last line that was cut off at any byte for one that was not written', async () => {
  const last = Buffer.from(JSON.stringify({ ...said, event: { type: 'unknown', name: 'Grüße 👋' } }));
  for (let length = 0; length < last.length; length += 1) {
    write(header, said);
    appendFileSync(file, last.subarray(0, length));
    expect(await linesOf()).toEqual([said]);
  }
});

it('keeps a last line that lacks nothing but its end', async () => {
  write(header, said, JSON.stringify(end));
  expect(await linesOf()).toEqual([said, end]);
});

it('reads lines that are longer than a piece of the file', async () => {
  const long = { ...said, event: { type: 'input_audio_buffer.append', audio: 'A'.repeat(300_000) } };
  write(header, long, end);
  expect(await linesOf()).toEqual([long, end]);
});

it.each([
  ['an empty file', []],
  ['a file of something else', [{ hello: 'world' }]],
  ['a file that is not JSON', ['RIFF....WAVE\n']],
  ['a header that was cut off', [JSON.stringify(header).slice(0, 40)]],
])('refuses %s', async (_name, lines) => {
  write(...lines);
  const refusal = { code: 'not_a_recording', file, line: 1 };
  await expect(readHeader(file)).rejects.toMatchObject(refusal);
  await expect(linesOf()).rejects.toMatchObject(refusal);
});

it('refuses another version by its number', async () => {
  write({ ...header, version: 2 });
  await expect(linesOf()).rejects.toMatchObject({
    code: 'unsupported_version',
    message: `${file}, line 1: this program reads recordings of version 1, not of version 2`,
  });
});

it.each([
  ['no JSON', '{"t":1,\n', 'is not a JSON object'],
  ['no object', '7\n', 'is not a JSON object'],
  ['no time', { from: 'client', event: { type: 'a' } }, 't: '],
  ['a time before the start', { ...said, t: -1 }, 't: '],
  ['an unknown side', { ...said, from: 'secret-canary' }, 'from: '],
  ['an event without a type', { ...said, event: {} }, 'event.type: '],
  ['an end without a cause', { t: 1, end: 3 }, 'end: '],
])('names file and line of %s, and repeats nothing of it', async (_name, line, reason) => {
  write(header, said, line, end);
  const error: unknown = await linesOf().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'invalid_line', file, line: 3 });
  expect(String(error)).toContain(`${file}, line 3: ${reason}`);
  expect(String(error)).not.toContain('canary');
});

it('refuses what comes after the end', async () => {
  write(header, end, said);
  await expect(linesOf()).rejects.toMatchObject({ code: 'invalid_line', line: 3 });
});

it('gives up on a line that never ends', async () => {
  write(header);
  appendFileSync(file, Buffer.alloc(maxLineBytes + 1, 'x'));
  await expect(linesOf()).rejects.toMatchObject({ code: 'line_too_long', line: 2 });
});
