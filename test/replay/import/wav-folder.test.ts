import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportError } from '../../../replay/import/imported';
import { importWavFolder } from '../../../replay/import/wav-folder';
import { scriptOf } from '../player/support/recordings';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-wav-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A tenth of a second of G.711, which no one needs to resample. */
function put(name: string): void {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(7, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(8_000, 4);
  format.writeUInt16LE(8, 14);
  const chunk = (id: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(id), length, body]);
  };
  const chunks = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('data', Buffer.alloc(800, 0x55))]);
  writeFileSync(join(folder, name), chunk('RIFF', chunks));
}

const script = (steps: unknown) => writeFileSync(join(folder, 'script.json'), JSON.stringify(steps));
const turnsOf = () =>
  importWavFolder(folder, { format: 'audio/pcmu' }).lines.flatMap((line) =>
    'event' in line && line.from === 'client' ? [line.event.type] : [],
  );

describe('a folder of WAV files', () => {
  it('is said in the order of the names, each turn after the answer to the one before', () => {
    put('2.wav');
    put('1.wav');
    const { header, lines } = importWavFolder(folder, { format: 'audio/pcmu' });
    expect(header).toMatchObject({ audio: 'kept', input_format: { type: 'audio/pcmu' } });
    const { steps } = scriptOf(lines);
    const firsts = steps.filter((step) => step.kind === 'audio' && !step.continues).map(({ after }) => after);
    expect(firsts).toEqual([
      { kind: 'updated', count: 1 },
      { kind: 'answered', count: 1 },
    ]);
  });

  it('may have a script with typed turns and pauses', () => {
    put('hello.wav');
    script([{ text: 'Hello.' }, { pause_ms: 300 }, { say: 'hello.wav' }]);
    const types = turnsOf();
    expect(types.slice(0, 3)).toEqual(['session.update', 'conversation.item.create', 'response.create']);
    expect(new Set(types.slice(3))).toEqual(new Set(['input_audio_buffer.append']));
  });

  it.each([
    ['nothing in it', () => undefined, /holds no WAV file/],
    ['a script that says a file of another folder', () => script([{ say: '../secret.wav' }]), /has no WAV file/],
    ['a script that cannot be read', () => script([{ sing: 'x' }]), /must be a list .* entry 0 is not/],
    ['a file that is no sound', () => writeFileSync(join(folder, 'a.wav'), 'RIFF'), /a\.wav: This is no WAV file/],
  ])('with %s is refused with the reason', (_what, make, reason) => {
    make();
    expect(() => importWavFolder(folder)).toThrow(ImportError);
    expect(() => importWavFolder(folder)).toThrow(reason);
  });
});
