/** Why a store could not do what it was asked: gone, late, or without room. */
export type UnavailableReason = 'down' | 'slow' | 'full';

/**
 * The store did not say yes. Whoever sees this sends nothing.
 *
 * With `full` and with a store that was closed, nothing was written. With `slow` and `down` the write may have
 * happened: read back and compare `owner` before relying on either.
 */
export class StoreUnavailableError extends Error {
  readonly code = 'store_unavailable';
  override readonly name = 'StoreUnavailableError';

  constructor(
    readonly reason: UnavailableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The cursor of a page is none that a page gave. Begin with the first page again. */
export class IntentCursorError extends Error {
  readonly code = 'cursor_invalid';
  override readonly name = 'IntentCursorError';

  constructor() {
    super('The cursor is not the `next` of an earlier page. Leave it out to begin with the first page.');
  }
}

export type StoreOpenCode =
  /** The address is none of a store. */
  | 'store_url_invalid'
  /** Another process has the file. */
  | 'store_locked'
  /** A newer version of the program wrote the file. */
  | 'store_newer'
  /** The file cannot be created, read or written, or is something else; the server is none the store can work with. */
  | 'store_unusable'
  /** Nothing answered under the address in time, or it refused the login. */
  | 'store_unreachable'
  /** This Node carries an SQLite with a known fault. */
  | 'sqlite_too_old';

/** A store could not be opened. The message names the file, or the kind of server but never its address, and the way out. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';

  constructor(
    readonly code: StoreOpenCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
