import pino from 'pino';

/** Most bytes that wait to be written; beyond that, lines are dropped. */
const maxPendingBytes = 16 * 1_048_576;

/**
 * Writes to an open file in the background; what is pending is written when the process exits.
 *
 * That a log cannot be written (its disk is full, or nobody reads the pipe any more) ends no call: it is said once on
 * standard error, lines that find no room are dropped, and writing goes on when it is possible again.
 *
 * @param name for people
 */
export function writeInBackground(fd: number, name: string): pino.DestinationStream {
  const stream = pino.destination({ dest: fd, sync: false, maxLength: maxPendingBytes });
  let isFailing = false;
  let isSaid = false;
  stream.on('error', ({ code = 'unknown reason' }: NodeJS.ErrnoException) => {
    if (!isSaid) console.error(`The log cannot be written to ${name} (${code}).`);
    isFailing = true;
    isSaid = true;
  });
  stream.on('write', () => (isFailing = false));
  const flushSync = stream.flushSync.bind(stream);
  // Called when the process exits; where writing fails it would try for ever, and the process would never end.
  stream.flushSync = () => {
    if (!isFailing) flushSync();
  };
  return stream;
}
