/**
 * Where the pipeline writes its log lines; any pino logger fits.
 *
 * Written are ids, names, states, codes, sizes and times: never arguments, addresses, webhook URLs or keys.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Writes nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The log with these fields on every line. */
export function withFields(log: Log, fields: object): Log {
  return {
    debug: (more, message) => log.debug({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
    warn: (more, message) => log.warn({ ...fields, ...more }, message),
    error: (more, message) => log.error({ ...fields, ...more }, message),
  };
}

/** What may be logged of an error that nobody expected: its name, code and place, but not its message. */
export function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const place = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { errorName: error.name, ...('code' in error && { errorCode: error.code }), place };
}
