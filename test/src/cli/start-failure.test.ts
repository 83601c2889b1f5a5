import { StoreOpenError } from '../../../pipeline';
import { startFailure } from '../../../src/cli/start-failure';

it('names the setting that is to blame, and what is wrong with it', () => {
  const cases: readonly [object, string][] = [
    [new StoreOpenError('store_locked', 'The file is in use.'), 'STORE_URL: The file is in use.'],
    [{ code: 'EADDRINUSE', address: '127.0.0.1', port: 8000 }, 'PORT: 8000 on 127.0.0.1 is taken by another program.'],
    [{ code: 'EACCES', port: 80 }, 'PORT: 80 may not be used by this user.'],
    [{ code: 'EADDRNOTAVAIL', address: '192.0.2.1', port: 8000 }, 'HOST: 192.0.2.1 is no address of this machine.'],
    [{ code: 'ENOTFOUND', hostname: 'nowhere.invalid' }, 'HOST: nowhere.invalid is no address of this machine.'],
    [{}, 'The relay could not start; the log says more.'],
  ];
  for (const [error, text] of cases) expect(startFailure(Object.assign(new Error('x'), error))).toBe(text);
});
