import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreOpenError } from './errors';
import { schemaVersion, upgradeSchema } from './sqlite-schema';
import { isSoundSqlite } from './sqlite-version';

/** How long opening waits for a process that is just letting go of the file. */
const lockWaitMs = 1_000;

/** SQLite's primary result codes that are told apart here (sqlite.org/rescode.html). */
const resultCode = { busy: 5, full: 13 } as const;

export interface IntentFileOptions {
  /** Absolute path; missing directories are made. */
  readonly file: string;
  /** The file refuses to grow past this. Absent: only the disk sets a limit. */
  readonly maxFileBytes?: number;
}

/**
 * Opens the file, or makes it for this user alone, and locks it for as long as it is open (`locking_mode=EXCLUSIVE`): by a lock of the
 * operating system, which ends with the process however that ends. Such locks have one trap: they are also lost when
 * this same process opens and closes the file by any other way than SQLite, so nothing may ever read it as a plain file.
 *
 * @throws StoreOpenError
 */
export function openIntentFile({ file, maxFileBytes }: IntentFileOptions): DatabaseSync {
  requireSoundSqlite();
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    database = new DatabaseSync(file, { timeout: lockWaitMs });
    lock(database);
    requireOwnSchema(database, file);
    database.exec('PRAGMA journal_mode = WAL');
    if (maxFileBytes !== undefined) limitSize(database, maxFileBytes);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreOpenError ? error : openError(error, file);
  }
}

/** Whether an error says that the disk, or the limit of the file, is reached. */
export function isFull(error: unknown): boolean {
  return resultCodeOf(error) === resultCode.full;
}

/** Asks Node and not the database: a question to that would read it before it is locked. */
function requireSoundSqlite(): void {
  const version = process.versions['sqlite'] ?? 'unknown';
  if (isSoundSqlite(version)) return;
  throw new StoreOpenError(
    'sqlite_too_old',
    `Node ${process.version} carries SQLite ${version}, which can corrupt a file. Use Node 22.23.3 or newer, or 24.15 or newer.`,
  );
}

/** The locking mode must be set before anything is read; the first transaction then takes the lock and keeps it. */
function lock(database: DatabaseSync): void {
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON; -- on macOS a plain fsync does not reach the disk
    PRAGMA secure_delete = ON; -- a body that was erased shall not linger in free pages
    BEGIN EXCLUSIVE;
    COMMIT;
  `);
}

function requireOwnSchema(database: DatabaseSync, file: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
  if (version === schemaVersion) return;
  if (typeof version !== 'number' || version < 0 || version > schemaVersion) {
    throw new StoreOpenError(
      'store_newer',
      `The file ${file} was written by a newer version (schema ${String(version)}, this one knows ${schemaVersion}). Run that version, or use another file.`,
    );
  }
  if (version === 0) {
    if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) {
      throw new StoreOpenError(
        'store_unusable',
        `The file ${file} is the database of another program. Use another file.`,
      );
    }
    // While a request is deferred or in doubt its body is kept, and bodies are personal. Files beside it follow its mode.
    chmodSync(file, 0o600);
  }
  upgradeSchema(database, version);
}

function limitSize(database: DatabaseSync, maxFileBytes: number): void {
  const { page_size: pageBytes } = database.prepare('PRAGMA page_size').get() ?? {};
  database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxFileBytes / Number(pageBytes)))}`);
}

function openError(error: unknown, file: string): StoreOpenError {
  if (resultCodeOf(error) === resultCode.busy) {
    return new StoreOpenError(
      'store_locked',
      `The file ${file} is in use: one SQLite file serves one process. Stop the other one, or choose another file; several processes share their intents through Redis (STORE_URL=redis://…).`,
      { cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreOpenError(
    'store_unusable',
    `The file ${file} cannot be used (${reason}). It must be writable, on a local disk, and an SQLite database or absent.`,
    { cause: error },
  );
}

/** SQLite's primary result code: the lowest eight bits of the extended one. */
function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
