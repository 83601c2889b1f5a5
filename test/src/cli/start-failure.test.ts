import { StoreOpenError } from '../../../pipeline';
import { startFailure } from '../../../src/cli/start-failure';
import { RecordingDirectoryError } from '../../../src/recordings';

/** An error as Node's servers have it. */
const errorWith = (facts: object) => Object.assign(new Error('x'), facts);

it.each<[Error, string]>([
  [new StoreOpenError('store_locked', 'The file is in use.'), 'STORE_URL: The file is in use.'],
  [
    new RecordingDirectoryError('recordings cannot be kept in ./here (EACCES)'),
    'RECORD_DIR or orgs.<id>.record.dir: recordings cannot be kept in ./here (EACCES).',
  ],
  [
    errorWith({ code: 'EADDRINUSE', address: '127.0.0.1', port: 8000 }),
    'PORT: 8000 on 127.0.0.1 is taken by another program.',
  ],
  [errorWith({ code: 'EACCES', port: 80 }), 'PORT: 80 may not be used by this user.'],
  [errorWith({ code: 'EADDRNOTAVAIL', address: '192.0.2.1' }), 'HOST: 192.0.2.1 is no address of this machine.'],
  [
    errorWith({ code: 'ENOTFOUND', hostname: 'nowhere.invalid' }),
    'HOST: nowhere.invalid is no address of this machine.',
  ],
  [errorWith({}), 'The relay could not start; the log says more.'],
])('names the setting that is to blame, and what is wrong with it (%#)', (error, text) => {
  expect(startFailure(error)).toBe(text);
});
