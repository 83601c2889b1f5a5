import { defaultRetentionMs, type IntentKey, type IntentStore, type RealtimeHandler } from '../pipeline';
import type { Logger } from './log';

/** Milliseconds between two looks at the store, and records touched in one step of a look. */
const sweepMs = 5_000;
const sweepLimit = 500;

/**
 * Milliseconds for which nothing is swept when the store is back after a failure: until then every process writes down
 * what it knows of its own sends, which would otherwise be taken for lost.
 */
const ownersFirstMs = 2_000;

/** What sweeping needs. */
export interface SweeperOptions {
  readonly store: Pick<IntentStore, 'sweep' | 'ping'>;
  readonly handler: Pick<RealtimeHandler, 'recordLate' | 'deliverDue'>;
  /** Told of what was to be delivered later and was not in time. */
  readonly expired: (key: IntentKey) => void;
  readonly log: Logger;
}

/**
 * Keeps the store in order: lets it decide what time has decided, has delivered what is due, and reports each send whose
 * outcome nobody will ever tell, and each promise that could not be kept. Sweeps at once, because a crash before this start
 * may have left such.
 *
 * @returns Ends it; resolves when no sweep is under way.
 */
export function startSweeper({ store, handler, expired, log }: SweeperOptions): () => Promise<void> {
  const stopped = new AbortController();
  const { signal } = stopped;

  const sweepOnce = async () => {
    await handler.recordLate();
    for (let hasMore = true; hasMore && !signal.aborted;) {
      const report = await store.sweep({ retentionMs: defaultRetentionMs, limit: sweepLimit });
      for (const key of report.unknown) log.error({ ...key }, 'Intent outcome is unknown: its send was never answered');
      for (const key of report.expired) {
        log.error({ ...key }, 'Deferred intent has expired: it was not delivered in time');
        expired(key);
      }
      handler.deliverDue(report.due);
      hasMore = report.more;
    }
  };

  const sweepForEver = async () => {
    let hasFailed = false;
    while (!signal.aborted) {
      try {
        if (hasFailed) {
          await store.ping();
          await pause(ownersFirstMs, signal);
        }
        await sweepOnce();
        hasFailed = false;
      } catch (error) {
        hasFailed = true;
        log.warn({ err: error }, 'Intent store could not be swept');
      }
      await pause(sweepMs, signal);
    }
  };

  const running = sweepForEver();
  return async () => {
    stopped.abort();
    await running;
  };
}

/** Waits; ends early when the signal aborts. Keeps no process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
