/** Whoever is told what happens decides nothing about it: a listener that throws must not turn a success into doubt. */
import { errorFields, type Log } from './log';

/** The listener as one that never throws; of what it throws the log is told, under a message. */
export function harmless<A extends unknown[]>(
  listener: (...args: A) => void,
  log: Log,
  message: string,
): (...args: A) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      log.error(errorFields(error), message);
    }
  };
}

/** The log as one that never throws. A line it fails at is lost: there is nobody else to tell. */
export function harmlessLog(log: Log): Log {
  const lineOf =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      try {
        log[level](fields, message);
      } catch {
        // Lost, and nothing but that.
      }
    };
  return { debug: lineOf('debug'), info: lineOf('info'), warn: lineOf('warn'), error: lineOf('error') };
}
