import { isSoundSqlite } from '../../../pipeline/store/sqlite-version';

it.each(['3.51.3', '3.51.10', '3.52.0', '3.53.4', '4.0.0', '3.50.7', '3.44.6'])('takes SQLite %s', (version) => {
  expect(isSoundSqlite(version)).toBe(true);
});

it.each(['3.51.2', '3.50.6', '3.49.9', '3.45.0', '3.44.5', '3.7.0', '2.8.17', '', 'unknown'])(
  'refuses SQLite %j',
  (version) => {
    expect(isSoundSqlite(version)).toBe(false);
  },
);
