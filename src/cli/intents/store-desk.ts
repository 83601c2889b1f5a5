import {
  defaultRetentionMs,
  type IntentStore,
  type Log,
  OperatorService,
  StoreUnavailableError,
} from '../../../pipeline';
import { changeJsonOf } from '../../http/intent-change';
import { refusal } from '../../http/refusal';
import { RefusedError } from '../../http/refused-error';
import { filterSchema, queryOf } from '../../intents/filter';
import { intentJson } from '../../intents/intent-json';
import type { IntentDesk, IntentName, Reply } from './desk';

/** A desk at a store that no relay has open. Nothing can be sent from it. @param log gets the line of each change */
export function storeDesk(store: IntentStore, log: Log): IntentDesk {
  const operator = new OperatorService({
    store,
    log,
    retentionMs: defaultRetentionMs,
    // Nothing of an intent is remembered here.
    forget: () => undefined,
  });
  return {
    list: (query) =>
      replying(async () => {
        const { records, next } = await operator.list(queryOf(filterSchema.parse(query), Date.now()));
        return { intents: records.map(intentJson), next: next ?? null };
      }),
    show: (name) =>
      replying(async () => {
        const record = await operator.show(keyOf(name));
        if (record === undefined) throw new RefusedError(refusal.unknownIntent());
        return intentJson(record);
      }),
    change: (action, name, fence) =>
      replying(async () =>
        changeJsonOf(await operator[action](keyOf(name), { ...(fence === undefined ? {} : { fence }) })),
      ),
    close: () => store.close(),
  };
}

const keyOf = ({ org, tool, id }: IntentName) => ({ orgId: org, tool, intentId: id });

async function replying<A>(work: () => Promise<A>): Promise<Reply<A>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof StoreUnavailableError)) throw error;
    return { kind: 'refused', message: error.message };
  }
}
