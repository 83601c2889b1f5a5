import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closing } from '../../pipeline/support/closing';

/** An empty directory that is removed after the test. */
export async function tempDir(opened: Closing): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'relay-e2e-'));
  return opened.add(directory, () => rm(directory, { recursive: true, force: true }));
}
