import { StoreUnavailableError } from '../../pipeline';
import { type Refusal, refusal } from '../http/refusal';
import type { Entry } from '../http/upgrade';
import type { Logger } from '../log';

/** What became of a request for a stream: a store that does not answer refuses it as well, and why it is refused is logged. */
export async function judgedStream(
  carrier: string,
  log: Logger,
  judging: Promise<Entry | Refusal>,
): Promise<Entry | Refusal> {
  const verdict = await judging.catch((error: unknown) => {
    if (error instanceof StoreUnavailableError) return refusal.storeUnavailable(error.reason);
    throw error;
  });
  const refused = (why: Refusal) => {
    log.warn({ carrier, code: why.code }, 'Media stream refused');
    return why;
  };
  if ('status' in verdict) return refused(verdict);
  return {
    ...verdict,
    obstacle: () => {
      const why = verdict.obstacle?.();
      return why && refused(why);
    },
  };
}
