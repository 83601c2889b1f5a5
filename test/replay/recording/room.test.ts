import fs from 'node:fs';
import { join } from 'node:path';
import { Room, type RoomLimits } from '../../../replay/recording/room';
import { recordingFolder } from './support';

const folder = recordingFolder();
let nowMs = 0;
beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => nowMs));
afterEach(() => jest.restoreAllMocks());

/** A folder's room, and what was told of it. */
function room(limits: Partial<RoomLimits> = {}) {
  const told: boolean[] = [];
  const made = new Room(folder.path(), { directoryBytes: 1_000, freeBytes: 0, ...limits }, (isFull) => {
    told.push(isFull);
  });
  return { room: made, told };
}

const later = () => (nowMs += 10_000);

it('is what the recordings that are there leave of the limit, to the last byte', () => {
  fs.writeFileSync(folder.file('old.jsonl'), 'x'.repeat(300));
  fs.writeFileSync(folder.file('something else'), 'x'.repeat(5_000));
  fs.mkdirSync(join(folder.path(), 'below'));
  fs.writeFileSync(folder.file('below/other.jsonl'), 'x'.repeat(5_000));
  const { room: left } = room();
  expect(left.take(500)).toBe(true);
  expect(left.take(200)).toBe(true);
  expect(left.take(1)).toBe(false);
});

it('is said to be full once, and to be there again once', () => {
  const { room: left, told } = room();
  fs.writeFileSync(folder.file('old.jsonl'), 'x'.repeat(900));
  for (const bytes of [200, 200, 1]) expect(left.take(bytes)).toBe(false);
  expect(told).toEqual([true]);
  later();
  expect(left.take(200)).toBe(false);
  expect(told).toEqual([true]);
  fs.rmSync(folder.file('old.jsonl'));
  expect(left.take(200)).toBe(false);
  later();
  expect(left.take(200)).toBe(true);
  expect(left.take(200)).toBe(true);
  expect(told).toEqual([true, false]);
});

it('sees what others write', () => {
  const { room: left } = room();
  expect(left.take(100)).toBe(true);
  fs.writeFileSync(folder.file('of another process.jsonl'), 'x'.repeat(950));
  later();
  expect(left.take(100)).toBe(false);
});

it('is what may be taken of the disk, where that is less', () => {
  const disk = Object.assign(fs.statfsSync(folder.path()), { bavail: 3, bsize: 100 });
  const statfs = jest.spyOn(fs, 'statfsSync').mockReturnValue(disk);
  expect(room({ freeBytes: 200 }).room.take(100)).toBe(true);
  expect(room({ freeBytes: 200 }).room.take(101)).toBe(false);
  expect(room({ freeBytes: 400 }).room.take(1)).toBe(false);
  expect(statfs).toHaveBeenCalledTimes(3);
});

it('is not measured more often than every ten seconds, nor for more than a hundredth of the time', () => {
  const list = jest.spyOn(fs, 'readdirSync');
  const { room: left } = room();
  left.take(1);
  nowMs += 9_999;
  left.take(1);
  expect(list).toHaveBeenCalledTimes(1);
  nowMs += 1;
  list.mockImplementationOnce(() => {
    nowMs += 500;
    return [];
  });
  left.take(1);
  nowMs += 49_999;
  left.take(1);
  expect(list).toHaveBeenCalledTimes(2);
  nowMs += 1;
  left.take(1);
  expect(list).toHaveBeenCalledTimes(3);
});

it('is not what stands in the way where the directory is gone: to write there tells more', () => {
  const { room: left, told } = room();
  fs.rmdirSync(folder.path());
  expect(left.take(1_000_000)).toBe(true);
  expect(told).toEqual([]);
  fs.mkdirSync(folder.path());
});
