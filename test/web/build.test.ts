import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage } from '../../web/build';

const styles = join(__dirname, '../../web/page/styles');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-page-'));
  await buildPage(folder);
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe('the page as it is built', () => {
  it('has all its styles in one file, which its document names', async () => {
    const css = await readFile(join(folder, 'page.css'), 'utf8');
    expect(css).not.toContain('@import');
    for (const file of await readdir(styles)) {
      // Every class and id that one of the files has rules for.
      const names = (await readFile(join(styles, file), 'utf8')).match(/^[.#][a-z][\w-]*/gm) ?? [];
      expect(names.filter((name) => !css.includes(name))).toEqual([]);
    }
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('href="page.css"');
  });

  it('has no sources in it', async () => {
    const files = await readdir(folder);
    expect(files).toEqual(expect.arrayContaining(['icon.svg', 'index.html', 'index.js', 'page.css', 'worklet.js']));
    expect(files.filter((file) => file === 'styles' || file.endsWith('.ts'))).toEqual([]);
  });
});
