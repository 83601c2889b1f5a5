import fs from 'node:fs';
import { AppendedFile } from '../../../replay/recording/appended-file';
import { recordingFolder } from './support';

const folder = recordingFolder();
afterEach(() => jest.restoreAllMocks());

/** A disk that takes three bytes, and then no more. */
function fillDisk(): void {
  const write = fs.writeSync.bind(fs);
  jest
    .spyOn(fs, 'writeSync')
    .mockImplementationOnce((descriptor: number, data: unknown) => write(descriptor, (data as Buffer).subarray(0, 3)));
  failOnce('writeSync');
}

function failOnce(work: 'writeSync' | 'ftruncateSync'): void {
  jest.spyOn(fs, work).mockImplementationOnce(() => {
    throw new Error('no room');
  });
}

const text = () => fs.readFileSync(folder.file(), 'utf8');

it('is readable by its owner alone, whatever was asked of the process', () => {
  const before = process.umask(0);
  new AppendedFile(folder.file()).close();
  process.umask(before);
  expect(fs.statSync(folder.file()).mode & 0o777).toBe(0o600);
});

it('is not made where there is one already, nor through a link', () => {
  fs.symlinkSync(folder.file('elsewhere'), folder.file());
  expect(() => new AppendedFile(folder.file())).toThrow('EEXIST');
  expect(fs.existsSync(folder.file('elsewhere'))).toBe(false);
});

it('goes on after what could not be written, of which nothing stays', () => {
  const file = new AppendedFile(folder.file());
  file.append('first\n');
  fillDisk();
  expect(() => file.append('second\n')).toThrow('no room');
  expect(file.bytes).toBe(6);
  file.append('third\n');
  file.close();
  expect(text()).toBe('first\nthird\n');
});

it('ends with what was written in part, where that cannot be taken back', () => {
  const file = new AppendedFile(folder.file());
  file.append('first\n');
  fillDisk();
  failOnce('ftruncateSync');
  expect(() => file.append('second\n')).toThrow('no room');
  expect(() => file.append('third\n')).toThrow('in part');
  file.close();
  expect(text()).toBe('first\nsec');
});
