/** The part of a pino logger a session uses; values never hold frames, arguments, audio or text of the call. */
export interface SessionLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
