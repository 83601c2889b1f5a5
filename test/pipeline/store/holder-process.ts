/** Opens the SQLite file it is given, starts a send, says so, and stays until it is killed. */
import { openSqliteStore } from '../../../pipeline/store/sqlite';
import { StoreOpenError } from '../../../pipeline/store/store';
import { claimBy, key, leaseMs } from './fixtures';
import { type HolderReport } from './holder';

async function main(file: string): Promise<HolderReport> {
  try {
    const store = await openSqliteStore({ file, timeoutMs: 20_000 });
    await store.claim(claimBy('child'));
    const { record } = await store.startSending({ key, owner: 'child', fence: 1, leaseMs });
    if (record?.state !== 'SENDING') throw new Error('The send did not start.');
    return { state: record.state };
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    return { refused: error.code };
  }
}

void main(process.argv[2] ?? '').then((report) => process.stdout.write(`${JSON.stringify(report)}\n`));
