import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNodeFit, neededNode } from '../../../src/cli/node-version';

it.each(['22.23.3', '22.24.0', '24.15.0', '24.21.0', '25.0.0', '26.10.0'])('takes Node %s', (version) => {
  expect(isNodeFit(version)).toBe(true);
});

it.each(['18.20.0', '20.19.0', '22.23.2', '22.9.9', '23.11.0', '24.14.9', ''])('does not take Node %p', (version) => {
  expect(isNodeFit(version)).toBe(false);
});

it('says what package.json says', () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as {
    engines: { node: string };
  };
  expect(manifest.engines.node).toBe(neededNode);
});
