import { defaultRetentionMs, type IntentStore } from '../pipeline';
import type { Logger } from './log';

/** Milliseconds between two looks at the store, and records touched in one step of a look. */
const sweepMs = 5_000;
const sweepLimit = 500;

/**
 * Keeps the store in order: lets it decide what time has decided, and reports each send whose outcome nobody will ever
 * tell. Sweeps at once, because a crash before this start may have left such sends.
 *
 * @returns Ends it; resolves when no sweep is under way.
 */
export function startSweeper(store: Pick<IntentStore, 'sweep'>, log: Logger): () => Promise<void> {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const sweep = async () => {
    try {
      let hasMore = true;
      while (hasMore && !isStopped) {
        const report = await store.sweep({ retentionMs: defaultRetentionMs, limit: sweepLimit });
        for (const key of report.unknown)
          log.error({ ...key }, 'Intent outcome is unknown: its send was never answered');
        hasMore = report.more;
      }
    } catch (error) {
      log.warn({ err: error }, 'Intent store could not be swept');
    }
    if (!isStopped) timer = setTimeout(again, sweepMs).unref();
  };
  const again = () => {
    running = sweep();
  };
  let running = sweep();

  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}
