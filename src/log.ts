import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type DestinationStream, type Logger } from 'pino';
import { writeInBackground } from './log/background';
import { errorFacts, scrubFields, scrubText } from './log/scrub';

export type { Logger };

/** Where log lines go and from which level on. */
export interface LogSettings {
  readonly level: string;
  /** In addition to standard output. */
  readonly file?: string | undefined;
  /** Whether other processes write there too: then no write is so long that others could come in between. Default false. */
  readonly isShared?: boolean;
}

/**
 * The program's logger: one JSON object per line on standard output and, if set, in a file. Children made with
 * `log.child({ … })` carry the ids of their session, call and intent.
 *
 * Lines are written in the background, so that a terminal, pipe or disk that takes none cannot hold calls up.
 *
 * @throws Where the file cannot be opened.
 */
export function createLogger({ level, file, isShared = false }: LogSettings): Logger {
  const streams = [{ stream: writeInBackground(1, 'standard output', isShared), level: 'trace' as const }];
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    streams.push({ stream: writeInBackground(openSync(file, 'a'), file, isShared), level: 'trace' });
  }
  return loggerTo(pino.multistream(streams), level);
}

/** A logger that writes to one given stream; every line of it is scrubbed as all are. */
export function loggerTo(destination: DestinationStream, level = 'info'): Logger {
  const log = pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        bindings: (fields) => scrubFields(fields),
        log: (fields) => scrubFields(fields),
      },
      hooks: {
        logMethod(args, method) {
          method.apply(this, safeArguments(args));
        },
      },
    },
    destination,
  );
  // Pino applies the formatter of bindings to the first logger alone, not to its children.
  const own: unknown = Reflect.get(log, 'child');
  const child = own as MakeChild;
  const makeChild: MakeChild = function (fields, options) {
    return child.call(this, scrubFields(fields), options);
  };
  return Object.assign(log, { child: makeChild });
}

/** How pino makes a logger from another, without the levels of its own that a child might bring. */
type MakeChild = (this: Logger, fields: pino.Bindings, options?: object) => Logger;

/** Pino would take the message of a line that is nothing but an error from the error. */
function safeArguments(args: Parameters<pino.LogFn>): Parameters<pino.LogFn> {
  const [fields, message] = args as [unknown, unknown?];
  if (fields instanceof Error)
    return [{ err: errorFacts(fields) }, typeof message === 'string' ? scrubText(message) : 'Failed'];
  if (typeof fields === 'string') return [scrubText(fields)];
  return [fields, typeof message === 'string' ? scrubText(message) : undefined];
}
