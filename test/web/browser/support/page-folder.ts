import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from '../../../../web/build';
import { type Closing } from '../../../pipeline/support/closing';
import { addRecorder } from './speaker';

/** Builds the browser's side as it stands now; returns the folder of the page. All of it is deleted in the end. */
export async function buildPage(opened: Closing): Promise<string> {
  const folder = opened.add(await mkdtemp(join(tmpdir(), 'relay-web-')), (made) => rm(made, { recursive: true }));
  await buildWeb(folder);
  const page = join(folder, 'page');
  await addRecorder(page);
  return page;
}
