import { StoreUnavailableError } from './store/store';

/**
 * Writes; where the store failed so that the write may have happened all the same, asks what is there.
 *
 * @param readBack what the write would have resolved to; undefined where it is not there
 * @throws StoreUnavailableError that of the write, if it cannot be found out either
 */
export async function readingBack<T>(write: () => Promise<T>, readBack: () => Promise<T | undefined>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof StoreUnavailableError) || error.reason === 'full') throw error;
    const found = await readBack().catch(() => undefined);
    if (found === undefined) throw error;
    return found;
  }
}
