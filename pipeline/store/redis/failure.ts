import { ErrorReply } from 'redis';
import { StoreUnavailableError, type UnavailableReason } from '../errors';

/**
 * What it means to the store that a command failed. The reply or the error itself may hold addresses and arguments, so
 * of it only the first word is told.
 */
export function failureOf(error: unknown): StoreUnavailableError {
  if (error instanceof StoreUnavailableError) return error;
  if (error instanceof ErrorReply) {
    const code = codeOf(error);
    const reason = reasons[code] ?? 'down';
    return new StoreUnavailableError(reason, `Redis refused a command (${code}).`, { cause: error });
  }
  if (error instanceof Error && error.message === queueIsFull) {
    return new StoreUnavailableError('slow', 'Too many commands to Redis are unanswered.');
  }
  return new StoreUnavailableError('down', 'Redis cannot be reached.', { cause: error });
}

/** Whether the server does not know the script that was called by its hash. */
export function isNoScript(error: unknown): boolean {
  return (
    error instanceof StoreUnavailableError && error.cause instanceof ErrorReply && codeOf(error.cause) === 'NOSCRIPT'
  );
}

/** Whether there was no connection, or none any more when the reply should have come. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof StoreUnavailableError && error.reason === 'down' && !(error.cause instanceof ErrorReply);
}

/** The first word of an error reply, by which Redis tells errors apart. */
export function codeOf({ message }: Error): string {
  return /^[A-Z]+\b/.exec(message)?.[0] ?? 'ERR';
}

/** By the first word of the reply; what stands nowhere here means that the server cannot do its work: `down`. */
const reasons: Readonly<Record<string, UnavailableReason>> = {
  // No room in memory, or none on the disk.
  OOM: 'full',
  MISCONF: 'full',
  // Goes by: a script of somebody else, keys that are moving between nodes.
  BUSY: 'slow',
  TRYAGAIN: 'slow',
};

/** The whole message of node-redis when `commandsQueueMaxLength` is reached; it has no class or code. */
const queueIsFull = 'The queue is full';
