import { type Command, type IntentState, type SettledState } from '../../../pipeline/store/store';
import { maxBodyBytes, maxResultBytes } from '../../../pipeline/store/record';
import { transition } from '../../../pipeline/store/transition';
import {
  claimBy,
  cooldownMs,
  expiresMs,
  key,
  leaseMs,
  outcome,
  retentionMs,
  retryMs,
  settlement,
  startMs,
} from './fixtures';
import { common, records, states } from './support/records';

const ours = { key, owner: 'a', fence: 3 };

describe('a claim', () => {
  const claim: Command<'claim'> = { type: 'claim', ...claimBy('b') };

  it.each<[IntentState, number, 'claimed' | 'held']>([
    ['RESERVED', leaseMs - 1, 'held'],
    ['RESERVED', leaseMs, 'claimed'],
    ['SENDING', leaseMs - 1, 'held'],
    ['SENDING', leaseMs, 'held'],
    ['NOT_SENT', 0, 'claimed'],
    ['REJECTED', cooldownMs - 1, 'held'],
    ['REJECTED', cooldownMs, 'claimed'],
    ['ACCEPTED', 10 * retentionMs, 'held'],
    ['UNKNOWN', 10 * retentionMs, 'held'],
    ['DEFERRED', expiresMs - 1, 'held'],
    ['DEFERRED', expiresMs, 'claimed'],
    ['CONFIRMED', 10 * retentionMs, 'held'],
    ['FAILED_LATER', 10 * retentionMs, 'held'],
  ])('of a record in %s after %i ms is answered %s', (state, afterMs, kind) => {
    const { record, answer } = transition(records[state], claim, startMs + afterMs);
    expect(answer).toEqual({ kind, record });
    if (kind === 'claimed') expect(record).toMatchObject({ state: 'RESERVED', owner: 'b', fence: 4, attempts: 2 });
    else expect(record?.fence).toBe(3);
  });

  it('carries nothing of an earlier attempt into the new one but its counts and its birth', () => {
    const { record } = transition(records.NOT_SENT, claim, startMs + 5);
    expect(record).toEqual({
      ...common(),
      state: 'RESERVED',
      fence: 4,
      updatedAtMs: startMs + 5,
      trail: [{ state: 'RESERVED', atMs: startMs + 5, by: 'call', fence: 4 }],
      owner: 'b',
      leaseUntilMs: startMs + 5 + leaseMs,
    });
  });

  it.each<[IntentState, number, 'claimed' | 'conflict']>([
    ['RESERVED', 0, 'conflict'],
    ['RESERVED', leaseMs, 'claimed'],
    ['SENDING', 0, 'conflict'],
    ['SENDING', leaseMs, 'conflict'],
    ['NOT_SENT', 0, 'claimed'],
    ['REJECTED', 0, 'claimed'],
    ['ACCEPTED', 0, 'conflict'],
    ['UNKNOWN', 0, 'conflict'],
    ['DEFERRED', 0, 'conflict'],
    ['DEFERRED', expiresMs, 'claimed'],
    ['CONFIRMED', 0, 'conflict'],
    ['FAILED_LATER', 0, 'conflict'],
  ])('with other arguments, of a record in %s after %i ms, is answered %s', (state, afterMs, kind) => {
    const other = { ...claim, fingerprint: 'fp-2' };
    expect(transition(records[state], other, startMs + afterMs).answer.kind).toBe(kind);
  });
});

describe('a settlement', () => {
  const settle = (state: SettledState): Command<'settle'> => ({
    type: 'settle',
    ...ours,
    ...settlement(state),
    retentionMs,
  });

  it.each<[IntentState, SettledState[]]>([
    ['RESERVED', ['REJECTED', 'NOT_SENT', 'DEFERRED']],
    ['SENDING', ['ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN', 'DEFERRED']],
    ['NOT_SENT', []],
    ['ACCEPTED', []],
    ['REJECTED', []],
    ['UNKNOWN', []],
    ['DEFERRED', []],
    ['CONFIRMED', []],
    ['FAILED_LATER', []],
  ])('of a record in %s may lead to %j', (from, allowed) => {
    const all: SettledState[] = ['ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN', 'DEFERRED'];
    const written = all.filter((to) => transition(records[from], settle(to), startMs).answer.kind === 'written');
    expect(written).toEqual(allowed);
  });

  it('keeps the outcome but not a result or a body that is too long', () => {
    const fits = 'é'.repeat(maxResultBytes / 2);
    const kept = transition(records.SENDING, { ...settle('ACCEPTED'), outcome: { result: fits } }, startMs);
    expect(kept.record).toMatchObject({ outcome: { result: fits } });
    const long = { code: 'ok', result: `${fits}.` };
    const dropped = transition(records.SENDING, { ...settle('ACCEPTED'), outcome: long }, startMs);
    expect(dropped.record).toMatchObject({ state: 'ACCEPTED', outcome: { code: 'ok' } });
    expect(dropped.record).not.toHaveProperty('outcome.result');

    const large = 'x'.repeat(maxBodyBytes);
    const inDoubt = (sent: string): Command<'settle'> => ({
      type: 'settle',
      ...ours,
      state: 'UNKNOWN',
      outcome,
      body: sent,
      retentionMs,
    });
    expect(transition(records.SENDING, inDoubt(large), startMs).record).toMatchObject({ body: large });
    const tooLong = transition(records.SENDING, inDoubt(`${large}x`), startMs);
    expect(tooLong.record).toMatchObject({ state: 'UNKNOWN' });
    expect(tooLong.record).not.toHaveProperty('body');
  });
});

describe('a resolution', () => {
  const all = ['CONFIRMED', 'FAILED_LATER', 'REJECTED'] as const;

  it.each(states)('of a record in %s writes only what can have become of it', (from) => {
    const written = all.filter((state) => {
      const resolve = { type: 'resolve', key, fence: 3, state, outcome: {}, retentionMs, by: 'operator' } as const;
      return transition(records[from], resolve, startMs).answer.kind === 'written';
    });
    const allowed: Partial<Record<IntentState, readonly string[]>> = {
      ACCEPTED: ['CONFIRMED', 'FAILED_LATER'],
      UNKNOWN: all,
      DEFERRED: ['REJECTED'],
    };
    expect(written).toEqual(allowed[from] ?? []);
  });
});

describe('time', () => {
  const expire: Command<'expire'> = { type: 'expire', key, retentionMs: 7 };

  it.each<[IntentState, number, string, IntentState | undefined]>([
    ['RESERVED', leaseMs - 1, 'kept', 'RESERVED'],
    ['RESERVED', leaseMs, 'released', 'NOT_SENT'],
    ['SENDING', leaseMs - 1, 'kept', 'SENDING'],
    ['SENDING', leaseMs, 'unknown', 'UNKNOWN'],
    ['ACCEPTED', retentionMs - 1, 'kept', 'ACCEPTED'],
    ['ACCEPTED', retentionMs, 'removed', undefined],
    ['NOT_SENT', retentionMs, 'removed', undefined],
    ['REJECTED', retentionMs, 'removed', undefined],
    ['CONFIRMED', retentionMs, 'removed', undefined],
    ['FAILED_LATER', retentionMs, 'removed', undefined],
    ['UNKNOWN', 1_000 * retentionMs, 'kept', 'UNKNOWN'],
    ['DEFERRED', retryMs - 1, 'kept', 'DEFERRED'],
    ['DEFERRED', retryMs, 'due', 'DEFERRED'],
    ['DEFERRED', expiresMs, 'expired', 'NOT_SENT'],
  ])('finds a record in %s after %i ms to be %s', (from, afterMs, kind, to) => {
    const { record, answer } = transition(records[from], expire, startMs + afterMs);
    expect(answer).toEqual(kind === 'due' ? { kind, record } : { kind });
    expect(record?.state).toBe(to);
    expect(record === records[from]).toBe(kind === 'kept' || kind === 'due');
  });

  it('keeps a released claim for the retention it is given', () => {
    const { record } = transition(records.RESERVED, expire, startMs + leaseMs);
    expect(record).toMatchObject({ outcome: { code: 'lease_over' }, retainUntilMs: startMs + leaseMs + 7 });
  });
});
