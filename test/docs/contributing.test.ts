import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(__dirname, '../..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(text('package.json')));

/** The scripts that a text runs, by name. */
const scriptsIn = (file: string) =>
  Array.from(text(file).matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g), ([, run, own]) => run ?? own);

it('CONTRIBUTING.md names every script but the one that starts the relay, and no other', () => {
  const named = new Set([...scriptsIn('CONTRIBUTING.md'), 'start']);
  expect([...named].sort()).toEqual(Object.keys(scripts).sort());
});

it('README.md names only scripts there are', () => {
  expect(scriptsIn('README.md').filter((name) => name === undefined || !(name in scripts))).toEqual([]);
});
