import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureStatuses } from '../../pipeline';
import { failureResult } from '../../pipeline/tool-result';
import { packageRoot } from '../../src/package-root';

const text = readFileSync(join(packageRoot, 'docs', 'results.md'), 'utf8');

describe('docs/results.md', () => {
  it('lists every failure with whether to try again', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` +\|.*\| (true|false) +\|$/gm)].map(([, status, retry]) => [
      status,
      retry,
    ]);
    expect(rows).toEqual(failureStatuses.map((status) => [status, String(failureResult(status).should_retry)]));
  });
});
