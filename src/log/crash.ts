import type { Logger } from '../log';

/**
 * Makes what nobody caught the last line of the log, without its message, and ends the process with exit code 1. Node's own
 * crash output would show the message, and with it URLs or input.
 */
export function logCrashes(log: Logger): void {
  const crash = (error: unknown, origin: string) => {
    log.fatal(
      { err: error instanceof Error ? error : new TypeError('Something that is no error was thrown'), origin },
      'Crashed',
    );
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', (reason) => crash(reason, 'unhandledRejection'));
}
