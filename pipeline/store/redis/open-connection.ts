import { ErrorReply } from 'redis';
import { StoreOpenError } from '../errors';
import { type RedisAddress } from './address';
import { createConnection, type RedisConnection } from './connection';
import { codeOf } from './failure';
import { readTime } from './server-clock';
import { judgeServer } from './server-facts';

/** How long opening may take in all unless set otherwise, in milliseconds: a server that is just starting has that long. */
export const redisOpenTimeoutMs = 5_000;

/** A connection that is up, to a server that the store can work with. */
export interface OpenedConnection {
  readonly connection: RedisConnection;
  /** The server's clock, milliseconds since the epoch. */
  readonly serverMs: number;
  /** What the store can live with but may lose records by. */
  readonly warnings: readonly string[];
}

/** @throws StoreOpenError */
export async function connectRedis(address: RedisAddress, timeoutMs: number): Promise<OpenedConnection> {
  const { promise: refused, reject: refuse } = Promise.withResolvers<never>();
  let lastFailure: unknown;
  const onError = (error: unknown): void => {
    lastFailure = error;
    const refusal = refusalOf(error);
    if (refusal !== undefined) refuse(refusal);
  };
  const connection = createConnection(address, onError);
  const timer = setTimeout(() => refuse(unreachable(lastFailure, timeoutMs)), timeoutMs);
  const opening = open(connection, address);
  // Whatever loses the race is told of to nobody.
  opening.catch(() => undefined);
  refused.catch(() => undefined);
  try {
    return await Promise.race([opening, refused]);
  } catch (error) {
    connection.destroy();
    if (error instanceof StoreOpenError) throw error;
    throw refusalOf(error) ?? unreachable(error, timeoutMs);
  } finally {
    clearTimeout(timer);
  }
}

async function open(connection: RedisConnection, address: RedisAddress): Promise<OpenedConnection> {
  await connection.open();
  const isCluster = address.kind === 'cluster';
  const warnings = judgeServer(await serverInfo(connection), isCluster);
  const serverMs = readTime(await connection.send(undefined, ['TIME']));
  return { connection, serverMs, warnings };
}

/** What the server says of itself; nothing where this user may not ask. */
async function serverInfo(connection: RedisConnection): Promise<string> {
  try {
    return String(await connection.send(undefined, ['INFO']));
  } catch (error) {
    if (error instanceof ErrorReply) return '';
    throw error;
  }
}

/** Why trying on is of no use; undefined where it may be. */
function refusalOf(error: unknown): StoreOpenError | undefined {
  if (!(error instanceof ErrorReply)) return undefined;
  const code = codeOf(error);
  if (['WRONGPASS', 'NOAUTH', 'NOPERM'].includes(code)) {
    return new StoreOpenError(
      'store_unreachable',
      `Redis refused the login (${code}). Check the user and the password in the address, percent-encoded where they hold odd characters.`,
    );
  }
  if (code === 'DENIED') {
    return new StoreOpenError(
      'store_unreachable',
      'Redis is in protected mode and takes no connections from other machines (DENIED). Give it a password (requirepass) and put that into the address, or, where nobody else can reach it, set protected-mode no.',
    );
  }
  if (error.message.includes('cluster support disabled')) {
    return new StoreOpenError(
      'store_unusable',
      'The server is no cluster: begin the address with redis:// or rediss://.',
    );
  }
  if (error.message.includes('unknown command')) {
    return new StoreOpenError(
      'store_unusable',
      'The server does not know a command of Redis 7. Use Redis 7.0 or newer, or Valkey.',
    );
  }
  return undefined;
}

function unreachable(cause: unknown, timeoutMs: number): StoreOpenError {
  return new StoreOpenError(
    'store_unreachable',
    `Redis did not answer within ${timeoutMs} ms${hint(cause)}. Check that it runs, that host and port in the address are right, and that rediss:// stands there if and only if it speaks TLS.`,
    { cause },
  );
}

/** The code of the failure, which names neither host nor port. */
function hint(cause: unknown): string {
  if (cause instanceof ErrorReply) return ` (${codeOf(cause)})`;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code !== 'string' ? '' : ` (${code})`;
}
