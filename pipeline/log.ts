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
  return { errorName: errorName(error), ...('code' in error && { errorCode: error.code }), place: errorPlaces(error) };
}

/** The name of an error's class; `Error` where it is no name but a text. */
export function errorName(error: Error): string {
  const { name }: { readonly name?: unknown } = error;
  return typeof name === 'string' && /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? name : 'Error';
}

/**
 * The lines of an error's stack that say where it was thrown. The message stands before them and may hold lines that look
 * like them, so everything up to its end is left out; all, where the stack does not hold the message.
 */
export function errorPlaces(error: Error): string[] {
  // Whoever throws may have put anything there.
  const { stack, message }: { readonly stack?: unknown; readonly message?: unknown } = error;
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  const at = stack.indexOf(message);
  if (at === -1) return [];
  const lines = stack.slice(at + message.length).split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
