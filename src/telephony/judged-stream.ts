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
  if ('status' in verdict) log.warn({ carrier, code: verdict.code }, 'Media stream refused');
  return verdict;
}
