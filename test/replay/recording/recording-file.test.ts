import fs from 'node:fs';
import { lastLineBytes, RecordingFile } from '../../../replay/recording/recording-file';
import { readHeader } from '../../../replay/recording/read';
import { Room } from '../../../replay/recording/room';
import { bodyOf, headerWith, plentyOfRoom, recordingFolder } from './support';

const folder = recordingFolder();
afterEach(() => jest.restoreAllMocks());

const commit = Buffer.from('{"type":"input_audio_buffer.commit"}');
const committed = (t: number) => ({ t, from: 'client', event: { type: 'input_audio_buffer.commit' } });

const roomFor = (directoryBytes?: number) =>
  new Room(folder.path(), { ...plentyOfRoom, ...(directoryBytes && { directoryBytes }) }, () => undefined);

function open(maxBytes = 1_000_000, room = roomFor()): RecordingFile {
  const opened = RecordingFile.open({ file: folder.file(), header: headerWith(), maxBytes }, room);
  if (opened instanceof RecordingFile) return opened;
  throw new Error(opened.why);
}

/** A disk that takes so many bytes and no more. */
function fillDisk(bytes: number, code = 'ENOSPC'): void {
  const write = fs.writeSync.bind(fs);
  let room = bytes;
  jest.spyOn(fs, 'writeSync').mockImplementation((descriptor: number, data: unknown) => {
    if (room === 0) throw Object.assign(new Error('no room'), { code });
    const part = (data as Buffer).subarray(0, room);
    room -= part.length;
    return write(descriptor, part);
  });
}

it('is readable by its owner alone, and has its header at once', async () => {
  const file = open();
  expect(fs.statSync(folder.file()).mode & 0o777).toBe(0o600);
  expect(await readHeader(folder.file())).toEqual(headerWith());
  file.end(0, 'client_closed');
});

it('holds what was said, then how it ended', () => {
  const file = open();
  file.add(1, 'client', commit);
  file.flush(1);
  file.add(2, 'client', commit);
  expect(file.end(3, 'call_ended')).toEqual({ kind: 'whole' });
  expect(bodyOf(folder.file())).toEqual([committed(1), committed(2), { t: 3, end: 'call_ended' }]);
});

it('takes nothing any more once it has ended', () => {
  const file = open();
  file.end(1, 'client_closed');
  expect(file.add(2, 'client', commit)).toBeUndefined();
  expect(file.flush(2)).toBeUndefined();
  file.cut(3, 'too_slow');
  expect(bodyOf(folder.file())).toEqual([{ t: 1, end: 'client_closed' }]);
});

it('never grows beyond its limit, and says why it ends', () => {
  const file = open(2_000);
  let cut;
  for (let t = 0; cut === undefined; t += 1) cut = file.add(t, 'client', commit);
  expect(cut).toEqual({ kind: 'cut', why: 'too_large', code: null });
  const size = fs.statSync(folder.file()).size;
  expect(size).toBeLessThanOrEqual(2_000);
  expect(size).toBeGreaterThan(1_500);
  expect(bodyOf(folder.file()).at(-1)).toMatchObject({ cut: 'too_large' });
});

it('leaves a file alone that is there already', () => {
  fs.writeFileSync(folder.file(), 'mine');
  const plan = { file: folder.file(), header: headerWith(), maxBytes: 1_000 };
  expect(RecordingFile.open(plan, roomFor())).toEqual({ kind: 'cut', why: 'write_failed', code: 'EEXIST' });
  expect(fs.readFileSync(folder.file(), 'utf8')).toBe('mine');
});

it('cannot be made where there is no folder', () => {
  const plan = { file: folder.file('none/call.jsonl'), header: headerWith(), maxBytes: 1_000 };
  expect(RecordingFile.open(plan, roomFor())).toEqual({ kind: 'cut', why: 'write_failed', code: 'ENOENT' });
});

it('keeps its whole lines when the disk is full, and closes', () => {
  const file = open();
  file.add(1, 'client', commit);
  file.flush(1);
  fillDisk(20);
  file.add(2, 'client', commit);
  expect(file.flush(2)).toEqual({ kind: 'cut', why: 'disk_full', code: 'ENOSPC' });
  expect(bodyOf(folder.file())).toEqual([committed(1)]);
});

it('says that the disk was full where there is room for that', () => {
  const file = open();
  file.add(1, 'client', commit);
  const write = jest.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
    throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
  });
  expect(file.end(2, 'client_closed')).toMatchObject({ why: 'disk_full' });
  expect(write).toHaveBeenCalledTimes(2);
  expect(bodyOf(folder.file())).toEqual([{ t: 2, cut: 'disk_full' }]);
});

it('writes nothing its directory has no room for, but says so', () => {
  const header = JSON.stringify(headerWith()).length + 1;
  const line = JSON.stringify(committed(1)).length + 1;
  const file = open(1_000_000, roomFor(lastLineBytes + header + 2 * line));
  for (const t of [1, 2]) {
    file.add(t, 'client', commit);
    expect(file.flush(t)).toBeUndefined();
  }
  file.add(3, 'client', commit);
  expect(file.flush(3)).toEqual({ kind: 'cut', why: 'no_room', code: null });
  expect(bodyOf(folder.file())).toEqual([committed(1), committed(2), { t: 3, cut: 'no_room' }]);
});

it('ends as its session does where there was room for all of it', () => {
  const header = JSON.stringify(headerWith()).length + 1;
  const file = open(1_000_000, roomFor(lastLineBytes + header));
  expect(file.end(1, 'client_closed')).toEqual({ kind: 'whole' });
  expect(bodyOf(folder.file())).toEqual([{ t: 1, end: 'client_closed' }]);
});

it.each([1, lastLineBytes, lastLineBytes + 1])('is not made where there is room for %s bytes', (bytes) => {
  const plan = { file: folder.file(), header: headerWith(), maxBytes: 1_000 };
  expect(RecordingFile.open(plan, roomFor(bytes))).toEqual({ kind: 'cut', why: 'no_room', code: null });
  expect(fs.existsSync(folder.file())).toBe(false);
});

it('is no harm where it can be neither written nor removed', () => {
  fillDisk(0, 'EROFS');
  jest.spyOn(fs, 'rmSync').mockImplementationOnce(() => {
    throw new Error('read-only');
  });
  const plan = { file: folder.file(), header: headerWith(), maxBytes: 1_000 };
  expect(RecordingFile.open(plan, roomFor())).toEqual({ kind: 'cut', why: 'write_failed', code: 'EROFS' });
});

it('leaves nothing behind where not even the header can be written', () => {
  fillDisk(0, 'EIO');
  const plan = { file: folder.file(), header: headerWith(), maxBytes: 1_000 };
  expect(RecordingFile.open(plan, roomFor())).toEqual({ kind: 'cut', why: 'write_failed', code: 'EIO' });
  expect(fs.existsSync(folder.file())).toBe(false);
});
