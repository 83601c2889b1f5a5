import fs from 'node:fs';
import { openOrderBytes, type RecordingEnding, type RecordingPlan } from '../../../replay/recording/orders';
import { Recorder } from '../../../replay/recording/recorder';
import type { RoomLimits } from '../../../replay/recording/room';
import { bodyOf, headerWith, plentyOfRoom, recordingFolder } from './support';

const folder = recordingFolder();
const opened: Recorder[] = [];
const failures: unknown[] = [];
const rooms: [directory: string, isFull: boolean][] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((recorder) => recorder.close()));
  failures.length = 0;
  rooms.length = 0;
});

function recorderWith(queueBytes = 1_048_576, room: RoomLimits = plentyOfRoom): Recorder {
  const recorder = new Recorder({
    queueBytes,
    ...room,
    onRoom: (...told) => rooms.push(told),
    onFailed: (error) => failures.push(error),
  });
  opened.push(recorder);
  return recorder;
}

/** A recording and how it is left. */
function record(recorder: Recorder, changes: Partial<RecordingPlan> = {}) {
  const plan = { file: folder.file(), header: headerWith(), maxBytes: 10_000_000, ...changes };
  const { promise: ending, resolve } = Promise.withResolvers<RecordingEnding>();
  return { recording: recorder.record(plan, performance.now(), resolve), ending };
}

const commit = '{"type":"input_audio_buffer.commit"}';

it('writes what was added, in order and with the time', async () => {
  const { recording, ending } = record(recorderWith());
  recording.add('client', Buffer.from(commit));
  recording.add('relay', '{"type":"input_audio_buffer.committed"}');
  recording.end('client_closed');
  expect(await ending).toEqual({ kind: 'whole' });
  const lines = bodyOf(folder.file());
  expect(lines).toMatchObject([
    { from: 'client', event: { type: 'input_audio_buffer.commit' } },
    { from: 'relay', event: { type: 'input_audio_buffer.committed' } },
    { end: 'client_closed' },
  ]);
  const times = lines.map((line) => (line as { t: number }).t);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

it('writes while a session goes on', async () => {
  const { recording } = record(recorderWith());
  recording.add('client', Buffer.from(commit));
  while (!fs.existsSync(folder.file()) || bodyOf(folder.file()).length < 1) await new Promise(setImmediate);
  recording.end('client_closed');
});

it('keeps recordings apart', async () => {
  const recorder = recorderWith();
  const names = ['a', 'b', 'c'];
  const made = names.map((name) => record(recorder, { file: folder.file(name) }));
  for (let round = 0; round < 1_000; round += 1) {
    made.forEach(({ recording }, index) => {
      if (round % (index + 1) === 0) recording.add('client', commit);
    });
  }
  made.forEach(({ recording }) => recording.end('client_closed'));
  await Promise.all(made.map(({ ending }) => ending));
  expect(names.map((name) => bodyOf(folder.file(name)).length)).toEqual([1_001, 501, 335]);
});

it('writes messages larger than a batch whole', async () => {
  const { recording, ending } = record(recorderWith(), {
    header: headerWith({ personal_data: 'kept', audio: 'kept' }),
  });
  const audio = 'A'.repeat(300_000);
  recording.add('client', JSON.stringify({ type: 'input_audio_buffer.append', audio }));
  recording.end('client_closed');
  await ending;
  expect(bodyOf(folder.file())[0]).toMatchObject({ event: { audio } });
});

it('cuts a recording short that finds no memory, and says so; others go on', async () => {
  const recorder = recorderWith(65_536 + 2 * openOrderBytes);
  const loud = record(recorder, { file: folder.file('loud') });
  const quiet = record(recorder, { file: folder.file('quiet') });
  quiet.recording.add('client', commit);
  loud.recording.add('client', 'x'.repeat(70_000));
  loud.recording.add('client', commit);
  loud.recording.end('client_closed');
  quiet.recording.end('client_closed');
  expect(await loud.ending).toEqual({ kind: 'cut', why: 'too_slow', code: null });
  expect(await quiet.ending).toEqual({ kind: 'whole' });
  expect(bodyOf(folder.file('loud'))).toMatchObject([{ cut: 'too_slow' }]);
});

it('begins no more recordings than it has memory for while the disk holds it up', async () => {
  const recorder = recorderWith(3 * openOrderBytes);
  const names = ['a', 'b', 'c', 'd'];
  const made = names.map((name) => record(recorder, { file: folder.file(name) }));
  expect(await made[3]?.ending).toEqual({ kind: 'cut', why: 'too_slow', code: null });
  made.forEach(({ recording }) => recording.end('client_closed'));
  expect(await Promise.all(made.slice(0, 3).map(({ ending }) => ending))).toEqual(Array(3).fill({ kind: 'whole' }));
  expect(fs.readdirSync(folder.path())).toEqual(['a', 'b', 'c']);
  // What has been dealt with takes no memory any more.
  const next = record(recorder, { file: folder.file('e') });
  next.recording.end('client_closed');
  expect(await next.ending).toEqual({ kind: 'whole' });
});

it('begins nothing where a directory has no room, and tells of that once', async () => {
  const recorder = recorderWith(undefined, { ...plentyOfRoom, directoryBytes: 100 });
  const made = ['a', 'b'].map((name) => record(recorder, { file: folder.file(name) }));
  const noRoom = { kind: 'cut', why: 'no_room', code: null };
  expect(await Promise.all(made.map(({ ending }) => ending))).toEqual([noRoom, noRoom]);
  expect(rooms).toEqual([[folder.path(), true]]);
  expect(fs.readdirSync(folder.path())).toEqual([]);
});

it('tells of a file that cannot be made, and goes on without it', async () => {
  const { recording, ending } = record(recorderWith(), { file: folder.file('none/call') });
  recording.add('client', commit);
  expect(await ending).toEqual({ kind: 'cut', why: 'write_failed', code: 'ENOENT' });
  recording.add('client', commit);
  recording.end('client_closed');
});

it('writes what is left before it is closed, and leaves open recordings as they are', async () => {
  const recorder = recorderWith();
  const ended = record(recorder, { file: folder.file('ended') });
  const open = record(recorder, { file: folder.file('open') });
  ended.recording.add('client', commit);
  open.recording.add('client', commit);
  ended.recording.end('draining');
  await recorder.close();
  expect(bodyOf(folder.file('ended'))).toHaveLength(2);
  expect(bodyOf(folder.file('open'))).toHaveLength(1);
  expect(await open.ending).toMatchObject({ kind: 'cut' });
  expect(await record(recorder).ending).toMatchObject({ why: 'writer_failed' });
  expect(failures).toEqual([]);
});

it('outlives the thread that writes', async () => {
  const recorder = recorderWith();
  const healthy = record(recorder, { file: folder.file('healthy') });
  // A fault nobody foresaw: numbers of this kind cannot be written as JSON.
  const broken = headerWith({ session: 1n as unknown as string });
  const faulty = record(recorder, { file: folder.file('faulty'), header: broken });
  const lost = { kind: 'cut', why: 'writer_failed', code: null };
  expect(await Promise.all([healthy.ending, faulty.ending])).toEqual([lost, lost]);
  expect(failures).toHaveLength(1);
  healthy.recording.add('client', commit);
  healthy.recording.end('client_closed');
  expect(await record(recorder).ending).toEqual(lost);
});
