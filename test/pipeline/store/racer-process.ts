/** Opens the store it is given, and when told to claims a number of intents, settles what it wins and waits for the rest. */
import { once } from 'node:events';
import { openStore } from '../../../pipeline/store/open';
import { type IntentKey, type IntentStore } from '../../../pipeline/store/store';
import { claimBy, key, leaseMs, outcome, retentionMs } from './fixtures';
import { type RaceResult } from './racer';

const intents = 100;

async function main(url: string, owner: string): Promise<void> {
  const store = await openStore(url, { timeoutMs: 20_000 });
  process.send?.('ready');
  await once(process, 'message');
  const won: string[] = [];
  let heard = 0;
  const race = async (intentId: string): Promise<void> => {
    const each = { ...key, intentId };
    if (await win(store, each, owner)) {
      won.push(intentId);
    } else {
      await seenToEnd(store, each);
      heard += 1;
    }
  };
  await Promise.all(Array.from({ length: intents }, (_, index) => race(`id-${index}`)));
  await store.close();
  const result: RaceResult = { intents, won, heard };
  process.send?.(result);
  process.disconnect();
}

async function win(store: IntentStore, each: IntentKey, owner: string): Promise<boolean> {
  const claim = await store.claim(claimBy(owner, { key: each }));
  if (claim.kind !== 'claimed') return false;
  const write = { key: each, owner, fence: claim.record.fence };
  const started = await store.startSending({ ...write, leaseMs });
  if (started.kind !== 'written') throw new Error(`The send was answered ${started.kind}.`);
  const settled = await store.settle({ ...write, state: 'ACCEPTED', outcome, retentionMs });
  if (settled.kind !== 'written') throw new Error(`The settlement was answered ${settled.kind}.`);
  return true;
}

/** Resolves when the record of somebody else has ended. */
async function seenToEnd(store: IntentStore, each: IntentKey): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  const look = async (): Promise<void> => {
    if ((await store.get(each))?.state === 'ACCEPTED') ended.resolve(undefined);
  };
  const end = await store.watch(each, () => void look());
  await look();
  await ended.promise;
  end();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
