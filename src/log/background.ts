import pino from 'pino';

/** Most bytes that wait to be written; beyond that, lines are dropped. */
const maxPendingBytes = 16 * 1_048_576;

/**
 * Lines wait until there are this many bytes of them or the first has waited this many milliseconds, and are written
 * together: a tool call says a dozen lines, and a write for each would be a quarter of what the call costs.
 */
const batchBytes = 8_192;
const batchMs = 20;

/**
 * Writes to an open file in the background; what is pending is written when the process exits, unless it is killed.
 *
 * That a log cannot be written (its disk is full, or nobody reads the pipe any more) ends no call: it is said once on
 * standard error, lines that find no room are dropped, and writing goes on when it is possible again.
 *
 * @param name for people
 */
export function writeInBackground(fd: number, name: string): pino.DestinationStream {
  const stream = pino.destination({ dest: fd, sync: false, minLength: batchBytes, maxLength: maxPendingBytes });
  let isFailing = false;
  let isSaid = false;
  stream.on('error', ({ code = 'unknown reason' }: NodeJS.ErrnoException) => {
    if (!isSaid) console.error(`The log cannot be written to ${name} (${code}).`);
    isFailing = true;
    isSaid = true;
  });
  stream.on('write', () => (isFailing = false));
  const write = stream.write.bind(stream);
  let isDue = false;
  const flush = (): void => {
    isDue = false;
    stream.flush();
  };
  stream.write = (line) => {
    if (!isDue) setTimeout(flush, batchMs).unref();
    isDue = true;
    return write(line);
  };
  const flushSync = stream.flushSync.bind(stream);
  // Called when the process exits; where writing fails it would try for ever, and the process would never end.
  stream.flushSync = () => {
    if (!isFailing) flushSync();
  };
  return stream;
}
