import { type OperatorOptions, OperatorService, type Redeliver } from '../../../pipeline/operator/operator-service';
import { operatorActions, possibleActions } from '../../../pipeline/operator/possible';
import { MemoryStore } from '../../../pipeline/store/memory';
import {
  type IntentKey,
  type IntentState,
  intentStates,
  type Resolve,
  StoreUnavailableError,
} from '../../../pipeline/store/store';
import { body, claimBy, key, leaseMs, retentionMs, settlement } from '../store/fixtures';
import { Closing } from '../support/closing';
import { LogLines } from '../support/log-lines';
import { putIntent } from '../support/put-intent';

const opened = new Closing();
afterEach(() => opened.all());

/** A service over a store in memory, with what it told others. */
function open(options: Partial<OperatorOptions> = {}, store = new MemoryStore()) {
  opened.add(store, (closing) => closing.close());
  const log = new LogLines();
  const forgotten: IntentKey[] = [];
  const changes: string[] = [];
  const operator = new OperatorService({
    store,
    log,
    retentionMs,
    forget: (each) => void forgotten.push(each),
    observe: ({ by, from, to }) => void changes.push(`${by}: ${from} to ${to}`),
    ...options,
  });
  return { store, operator, log, forgotten, changes };
}

/** What the service uses of a store, for tests that replace some of it. */
const parts = (store: MemoryStore): OperatorOptions['store'] => ({
  list: (query) => store.list(query),
  get: (wanted) => store.get(wanted),
  resolve: (resolve) => store.resolve(resolve),
  watch: (wanted, onMove) => store.watch(wanted, onMove),
});

/** Sends again as the pipeline does: claims, sends, settles. */
const redelivering =
  (
    store: MemoryStore,
    state: 'ACCEPTED' | 'UNKNOWN' = 'ACCEPTED',
    sent: () => Promise<unknown> = () => Promise.resolve(),
  ): Redeliver =>
  async (wanted, fence, by) => {
    const owner = `operator-${Math.random()}`;
    const answer = await store.reclaim({ key: wanted, fence, owner, leaseMs, by });
    if (answer.kind === 'lost') return answer;
    const owned = { key: wanted, owner, fence: answer.record.fence };
    await store.startSending({ ...owned, leaseMs });
    await sent();
    const { record } = await store.settle({ ...owned, ...settlement(state), retentionMs });
    return record === undefined ? { kind: 'lost', record } : { kind: 'done', record };
  };

/** What each wish comes to from each state: the state it leads to, that it is so already, or that it cannot be. */
const confirm: Record<IntentState, string> = {
  RESERVED: 'wrong_state',
  SENDING: 'wrong_state',
  NOT_SENT: 'wrong_state',
  ACCEPTED: 'CONFIRMED',
  REJECTED: 'wrong_state',
  UNKNOWN: 'CONFIRMED',
  DEFERRED: 'wrong_state',
  CONFIRMED: 'unchanged',
  FAILED_LATER: 'wrong_state',
};
const reject: Record<IntentState, string> = {
  ...confirm,
  ACCEPTED: 'FAILED_LATER',
  UNKNOWN: 'REJECTED',
  DEFERRED: 'REJECTED',
  REJECTED: 'unchanged',
  FAILED_LATER: 'unchanged',
  CONFIRMED: 'wrong_state',
};
const failed: Record<IntentState, string> = { ...reject, UNKNOWN: 'FAILED_LATER', DEFERRED: 'wrong_state' };

describe.each([
  ['confirm', confirm, (operator: OperatorService) => operator.confirm(key)],
  ['reject', reject, (operator: OperatorService) => operator.reject(key)],
  ['report of a success', confirm, (operator: OperatorService) => operator.report(key, 'confirmed')],
  ['report of a failure', failed, (operator: OperatorService) => operator.report(key, 'failed')],
] as const)('%s', (_name, expected, ask) => {
  it.each(intentStates)('from %s', async (state) => {
    const { store, operator, forgotten, changes, log } = open({ callbackWaitMs: 0 });
    await putIntent(store, state);
    const answer = await ask(operator);
    const record = await store.get(key);
    expect(answer.kind === 'changed' ? answer.record.state : answer.kind).toBe(expected[state]);
    expect(answer).toMatchObject({ record });
    const isChanged = answer.kind === 'changed';
    expect(record?.state).toBe(isChanged ? expected[state] : state);
    expect([forgotten.length, changes.length]).toEqual(isChanged ? [1, 1] : [0, 0]);
    expect(log.lines.filter(({ level }) => level === 'info')).toHaveLength(isChanged ? 1 : 0);
  });

  it('of what there is not', async () => {
    const { operator, log } = open();
    expect(await ask(operator)).toEqual({ kind: 'absent' });
    expect(log.lines).toEqual([]);
  });
});

it.each(intentStates)('what is said to be possible from %s is, and nothing else', async (state) => {
  const { store } = open();
  const record = await putIntent(store, state);
  const possible = possibleActions(record);
  for (const action of operatorActions) {
    const { operator, store: own } = open({});
    await putIntent(own, state);
    const able = new OperatorService({
      store: own,
      log: new LogLines(),
      retentionMs,
      forget: () => undefined,
      redeliver: redelivering(own),
    });
    const answer = await (action === 'resend' ? able : operator)[action](key);
    expect([action, answer.kind === 'changed']).toEqual([action, possible.includes(action)]);
  }
});

describe('a resend', () => {
  it('sends what was kept, under a new fence', async () => {
    const store = new MemoryStore();
    const { operator, changes, forgotten } = open({ redeliver: redelivering(store) }, store);
    await putIntent(store, 'UNKNOWN');
    const answer = await operator.resend(key);
    expect(answer).toMatchObject({ kind: 'changed', record: { state: 'ACCEPTED', fence: 2 } });
    expect(changes).toEqual(['operator: UNKNOWN to ACCEPTED']);
    expect(forgotten).toEqual([key]);
  });

  it('is a change even where it leaves the intent in doubt', async () => {
    const store = new MemoryStore();
    const { operator, changes } = open({ redeliver: redelivering(store, 'UNKNOWN') }, store);
    await putIntent(store, 'UNKNOWN');
    expect(await operator.resend(key)).toMatchObject({ kind: 'changed', record: { state: 'UNKNOWN', fence: 2 } });
    expect(changes).toEqual(['operator: UNKNOWN to UNKNOWN']);
  });

  it('is not possible where nothing was kept', async () => {
    const store = new MemoryStore();
    const { operator } = open({ redeliver: redelivering(store) }, store);
    const { record } = await store.claim(claimBy('first'));
    const owned = { key, fence: record.fence, owner: 'first' };
    await store.startSending({ ...owned, leaseMs });
    await store.settle({ ...owned, state: 'UNKNOWN', outcome: { code: 'timeout' }, retentionMs });
    expect(await operator.resend(key)).toMatchObject({ kind: 'wrong_state', record: { state: 'UNKNOWN' } });
  });

  it('is made by one of two operators who ask at once', async () => {
    const store = new MemoryStore();
    const { operator, changes } = open({ redeliver: redelivering(store) }, store);
    await putIntent(store, 'UNKNOWN');
    const answers = await Promise.all([operator.resend(key), operator.resend(key)]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['changed', 'wrong_state']);
    expect(changes).toHaveLength(1);
    expect(await store.get(key)).toMatchObject({ attempts: 2 });
  });

  it.each(['no_webhook', 'unknown_org', 'draining'] as const)('says that it cannot be: %s', async (code) => {
    const { store, operator, changes } = open({ redeliver: () => Promise.resolve({ kind: 'impossible', code }) });
    await putIntent(store, 'DEFERRED');
    expect(await operator.resend(key)).toEqual({ kind: 'cannot_send', code });
    expect(changes).toEqual([]);
  });

  it('says that there is nothing to send with', async () => {
    const { store, operator } = open();
    await putIntent(store, 'UNKNOWN');
    expect(await operator.resend(key)).toEqual({ kind: 'cannot_send', code: 'no_relay' });
  });
});

describe('two who decide at once', () => {
  it('are not both right: one wins, the other hears what it lost to', async () => {
    const { store, operator, changes } = open();
    await putIntent(store, 'UNKNOWN');
    const [confirmed, rejected] = await Promise.all([operator.confirm(key), operator.reject(key)]);
    expect([confirmed.kind, rejected.kind]).toEqual(['changed', 'wrong_state']);
    expect(rejected).toMatchObject({ record: { state: 'CONFIRMED' } });
    expect(changes).toEqual(['operator: UNKNOWN to CONFIRMED']);
  });

  it('may agree: it is changed once', async () => {
    const { store, operator, changes } = open();
    await putIntent(store, 'UNKNOWN');
    const answers = await Promise.all([operator.confirm(key), operator.confirm(key)]);
    expect(answers.map(({ kind }) => kind)).toEqual(['changed', 'unchanged']);
    expect(changes).toHaveLength(1);
  });

  it('a human does not decide about an attempt that they have not seen', async () => {
    const store = new MemoryStore();
    const { operator } = open({ redeliver: redelivering(store, 'UNKNOWN') }, store);
    const { fence } = await putIntent(store, 'UNKNOWN');
    await operator.resend(key);
    for (const action of operatorActions) {
      expect(await operator[action](key, { fence })).toMatchObject({ kind: 'moved', record: { fence: fence + 1 } });
    }
    expect(await operator.confirm(key, { fence: fence + 1 })).toMatchObject({ kind: 'changed' });
    expect(await operator.confirm(key, { fence })).toMatchObject({ kind: 'unchanged' });
  });

  it('nor about one that began while they decided', async () => {
    const store = new MemoryStore();
    const redeliver = redelivering(store, 'UNKNOWN');
    const late = {
      ...parts(store),
      get: async (wanted: IntentKey) => {
        const record = await store.get(wanted);
        if (record?.fence === 1) await redeliver(wanted, 1, 'operator');
        return record;
      },
    };
    const { operator } = open({ store: late }, store);
    await putIntent(store, 'UNKNOWN');
    expect(await operator.confirm(key)).toMatchObject({ kind: 'moved', record: { state: 'UNKNOWN', fence: 2 } });
    expect(await operator.report(key, 'confirmed')).toMatchObject({ kind: 'changed', record: { fence: 2 } });
  });
});

it('what the store does not let happen is not tried for ever', async () => {
  const store = new MemoryStore();
  const refusing = { ...parts(store), resolve: async () => ({ kind: 'lost', record: await store.get(key) }) as const };
  const { operator } = open({ store: refusing }, store);
  await putIntent(store, 'UNKNOWN');
  expect(await operator.report(key, 'confirmed')).toMatchObject({ kind: 'wrong_state', record: { state: 'UNKNOWN' } });
});

describe('a callback', () => {
  it('that comes while its request is under way waits for that, and is heard', async () => {
    const { store, operator, changes } = open({ callbackWaitMs: 60_000 });
    const { fence } = await putIntent(store, 'SENDING');
    const reported = operator.report(key, 'confirmed');
    await store.settle({ key, fence, owner: 'first', ...settlement('ACCEPTED'), retentionMs });
    expect(await reported).toMatchObject({ kind: 'changed', record: { state: 'CONFIRMED' } });
    expect(changes).toEqual(['callback: ACCEPTED to CONFIRMED']);
  });

  it('races a resend of the same intent, and is heard once that is over', async () => {
    const store = new MemoryStore();
    const sending = Promise.withResolvers<undefined>();
    const arrived = Promise.withResolvers<undefined>();
    const send = () => {
      sending.resolve(undefined);
      return arrived.promise;
    };
    const { operator } = open({ callbackWaitMs: 60_000, redeliver: redelivering(store, 'UNKNOWN', send) }, store);
    await putIntent(store, 'UNKNOWN');
    const resent = operator.resend(key);
    await sending.promise;
    const reported = operator.report(key, 'confirmed');
    arrived.resolve(undefined);
    expect(await resent).toMatchObject({ kind: 'changed', record: { state: 'UNKNOWN', fence: 2 } });
    expect(await reported).toMatchObject({ kind: 'changed', record: { state: 'CONFIRMED', fence: 2 } });
  });

  it('does not wait for ever', async () => {
    const { store, operator, log } = open({ callbackWaitMs: 1 });
    await putIntent(store, 'SENDING');
    expect(await operator.report(key, 'confirmed')).toMatchObject({
      kind: 'wrong_state',
      record: { state: 'SENDING' },
    });
    expect(log.lines).toEqual([]);
  });

  it('that contradicts what is on record is worth a line', async () => {
    const { store, operator, log } = open();
    await putIntent(store, 'REJECTED');
    await operator.report(key, 'confirmed', { requestId: 'r-1' });
    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: {
          part: 'operator',
          orgId: 'org_1',
          toolName: 'create_appointment',
          intentId: key.intentId,
          requestId: 'r-1',
          by: 'callback',
          reported: 'confirmed',
          state: 'REJECTED',
        },
        message: 'Intent callback contradicts what is on record',
      },
    ]);
  });
});

describe('the audit', () => {
  const ids = { part: 'operator', orgId: 'org_1', toolName: 'create_appointment', intentId: key.intentId };

  it('tells who changed which intent from which state to which, and by which request', async () => {
    const store = new MemoryStore();
    const { operator, log } = open({ redeliver: redelivering(store) }, store);
    await putIntent(store, 'UNKNOWN');
    await operator.resend(key, { requestId: 'r-1' });
    await operator.report(key, 'failed', { requestId: 'r-2' });
    expect(log.lines).toEqual([
      {
        level: 'info',
        fields: { ...ids, requestId: 'r-1', by: 'operator', from: 'UNKNOWN', to: 'ACCEPTED' },
        message: 'Intent changed by the operator',
      },
      {
        level: 'info',
        fields: { ...ids, requestId: 'r-2', by: 'callback', from: 'ACCEPTED', to: 'FAILED_LATER' },
        message: 'Intent changed by its callback',
      },
    ]);
  });

  it('holds nothing of what an intent is about', async () => {
    const store = new MemoryStore();
    const { operator, log } = open({ redeliver: redelivering(store) }, store);
    await putIntent(store, 'UNKNOWN', key, { body: '{"attendee_email":"canary@example.com"}' });
    await operator.resend(key);
    await operator.reject(key);
    expect(log.lines).toHaveLength(2);
    expect(JSON.stringify(log.lines)).not.toContain('canary');
  });

  it('tells of a change whose answer got lost, after which nothing remembered is trusted', async () => {
    const store = new MemoryStore();
    const lost = {
      ...parts(store),
      resolve: async (resolve: Resolve) => {
        await store.resolve(resolve);
        throw new StoreUnavailableError('slow', 'The answer got lost.');
      },
    };
    const { operator, log, forgotten } = open({ store: lost }, store);
    await putIntent(store, 'UNKNOWN');
    await expect(operator.confirm(key)).rejects.toThrow(StoreUnavailableError);
    expect(log.lines).toEqual([
      {
        level: 'error',
        fields: { ...ids, by: 'operator', from: 'UNKNOWN' },
        message: 'Intent may have been changed: the store did not answer',
      },
    ]);
    expect(forgotten).toEqual([key]);
    expect(await operator.confirm(key)).toMatchObject({ kind: 'unchanged' });
  });
});

it('keeps what callers were told, and erases what was kept to be sent', async () => {
  const { store, operator } = open();
  await putIntent(store, 'UNKNOWN');
  expect(await store.get(key)).toMatchObject({ body });
  await operator.confirm(key);
  expect(await store.get(key)).toMatchObject({ outcome: { code: 'confirmed' } });
  expect(JSON.stringify(await store.get(key))).not.toContain('"body"');
});
