import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../pipeline/store/open';

it('opens a store in memory', async () => {
  const store = await openStore('memory:');
  expect(store.kind).toBe('memory');
  await store.close();
});

it('opens a store in a file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'relay-store-'));
  const store = await openStore(`sqlite:${join(directory, 'a file.db')}`, { timeoutMs: 20_000 });
  expect(store.kind).toBe('sqlite');
  await store.close();
  await rm(directory, { recursive: true });
});

it.each(['', 'memory', 'memory:x', 'sqlite', 'sqlite:', 'file:x', 'postgres://user:secret@host/db'])(
  'refuses the address %j without repeating it',
  async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({
      code: 'store_url_invalid',
      message: 'The store address must be memory:, sqlite:PATH or redis://HOST.',
    });
  },
);
