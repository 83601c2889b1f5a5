import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  audioModes,
  cutLineSchema,
  endLineSchema,
  eventLineSchema,
  personalDataModes,
  recordingHeaderSchema,
} from '../../replay/recording/format';
import { cutReasons } from '../../replay/recording/orders';
import { packageRoot } from '../../src/package-root';
import { tableOf } from './support/protocol-table';

const text = readFileSync(join(packageRoot, 'docs', 'recording.md'), 'utf8');
const examples = Array.from(text.matchAll(/```json\n(.*?)```/gs), ([, json = '']) => json.trim());

describe('docs/recording.md', () => {
  it('shows a header and lines as they are', () => {
    const [header = '', events = '', last = ''] = examples;
    expect(recordingHeaderSchema.parse(JSON.parse(header))).toEqual(JSON.parse(header));
    for (const line of events.split('\n')) expect(eventLineSchema.parse(JSON.parse(line))).toEqual(JSON.parse(line));
    const [end = '', cut = ''] = last.split('\n');
    endLineSchema.parse(JSON.parse(end));
    cutLineSchema.parse(JSON.parse(cut));
  });

  it('lists every reason for which a recording is cut short', () => {
    expect(tableOf('recording.md', 'When a recording is cut short').map(([reason]) => reason)).toEqual(cutReasons);
  });

  it('names every mode', () => {
    const settings = tableOf('recording.md', 'Settings').map(([variable, preset, , what]) => [variable, preset, what]);
    const words = (variable: string) => settings.find(([name]) => name === variable)?.join(' ') ?? '';
    for (const mode of audioModes) expect(words('RECORD_AUDIO')).toContain(mode);
    for (const mode of personalDataModes) expect(words('RECORD_PERSONAL_DATA')).toContain(mode);
  });
});
