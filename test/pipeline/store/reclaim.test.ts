/** What is kept and sent later without a caller: by the worker, or because a human says so. */
import { maxBodyBytes } from '../../../pipeline/store/record';
import {
  type Command,
  type IntentRecord,
  type IntentState,
  type Reclaim,
  type SettledState,
} from '../../../pipeline/store/store';
import { transition } from '../../../pipeline/store/transition';
import { body, claimBy, expiresMs, key, leaseMs, outcome, retentionMs, retryMs, settlement, startMs } from './fixtures';
import { keptDeferral, keptDoubt, reclaimed, records, repeatable, resending, states } from './support/records';

const ours = { key, owner: 'a', fence: 3 };

function reclaim(by: Reclaim['by'], fence = 3): Command<'reclaim'> {
  return { type: 'reclaim', key, fence, owner: 'w', leaseMs, by };
}

function settle(state: SettledState): Command<'settle'> {
  return { type: 'settle', ...ours, ...settlement(state), retentionMs };
}

const expire: Command<'expire'> = { type: 'expire', key, retentionMs };

describe('a reclaim', () => {
  const { body: _none, ...bodiless } = records.UNKNOWN;

  it.each<[string, Reclaim['by'], IntentRecord, number, 'claimed' | 'lost']>([
    ['deferred, not due', 'worker', records.DEFERRED, retryMs - 1, 'lost'],
    ['deferred, due', 'worker', records.DEFERRED, retryMs, 'claimed'],
    ['deferred, just in time', 'worker', records.DEFERRED, expiresMs - 1, 'claimed'],
    ['deferred, too late', 'worker', records.DEFERRED, expiresMs, 'lost'],
    ['deferred, not due', 'operator', records.DEFERRED, 0, 'claimed'],
    ['deferred, too late', 'operator', records.DEFERRED, expiresMs, 'lost'],
    ['in doubt', 'worker', records.UNKNOWN, retentionMs, 'lost'],
    ['in doubt, to be sent again later', 'worker', repeatable, retryMs - 1, 'lost'],
    ['in doubt, to be sent again now', 'worker', repeatable, retryMs, 'claimed'],
    ['in doubt', 'operator', records.UNKNOWN, 0, 'claimed'],
    ['in doubt, to be sent again later', 'operator', repeatable, 0, 'claimed'],
    ['in doubt, without a body', 'operator', bodiless, retentionMs, 'lost'],
  ])('of what is %s, by the %s, is answered as it should be', (_what, by, record, afterMs, kind) => {
    expect(transition(record, reclaim(by), startMs + afterMs).answer.kind).toBe(kind);
  });

  it.each(states.filter((state) => state !== 'DEFERRED' && state !== 'UNKNOWN'))('takes nothing in %s', (state) => {
    expect(transition(records[state], reclaim('operator'), startMs)).toEqual({
      record: records[state],
      answer: { kind: 'lost', record: records[state] },
    });
  });

  it('takes nothing that was never seen, and nothing that somebody moved since it was looked at', () => {
    expect(transition(undefined, reclaim('operator'), startMs).answer).toEqual({ kind: 'lost', record: undefined });
    expect(transition(records.DEFERRED, reclaim('operator', 2), startMs).answer.kind).toBe('lost');
  });

  it('raises the fence, keeps what was kept in its own place, and says who made it', () => {
    const { state, outcome: why, nextTryAtMs, expiresAtMs } = records.DEFERRED;
    const { answer } = transition(records.DEFERRED, reclaim('operator'), startMs + 5);
    expect(answer).toEqual({
      kind: 'claimed',
      record: {
        ...records.RESERVED,
        fence: 4,
        owner: 'w',
        updatedAtMs: startMs + 5,
        leaseUntilMs: startMs + 5 + leaseMs,
        trail: [{ state: 'RESERVED', atMs: startMs + 5, by: 'operator', fence: 4 }],
        kept: { state, outcome: why, body, nextTryAtMs, expiresAtMs },
      },
    });
  });

  it('takes in one step what another worker took and did not come back with', () => {
    const { answer } = transition(reclaimed(keptDeferral), reclaim('worker'), startMs + leaseMs);
    expect(answer).toMatchObject({ kind: 'claimed', record: { owner: 'w', fence: 4, kept: keptDeferral } });
    const inDoubt = transition(resending(keptDoubt), reclaim('worker'), startMs + leaseMs);
    expect(inDoubt.answer).toMatchObject({ kind: 'claimed', record: { owner: 'w', fence: 4, kept: { body } } });
  });
});

describe('a send under a reclaim', () => {
  const start: Command<'startSending'> = { type: 'startSending', ...ours, leaseMs };

  it('is counted, and told as the worker’s', () => {
    const { answer } = transition(reclaimed(keptDeferral), start, startMs + 1);
    expect(answer).toMatchObject({
      kind: 'written',
      record: { state: 'SENDING', attempts: 3, kept: keptDeferral, trail: [{ by: 'worker' }, { by: 'worker' }] },
    });
  });

  it('does not begin once what was deferred has expired, though its lease goes on', () => {
    const record = { ...reclaimed(keptDeferral), leaseUntilMs: startMs + 2 * expiresMs };
    expect(transition(record, start, startMs + expiresMs - 1).answer.kind).toBe('written');
    expect(transition(record, start, startMs + expiresMs).answer).toEqual({ kind: 'too_late', record });
  });
});

describe('what a worker took and did not come back with', () => {
  const lateMs = startMs + leaseMs;
  const acts: [string, Command][] = [
    ['a claim', { type: 'claim', ...claimBy('b') }],
    ['a reclaim that comes too late', reclaim('operator', 2)],
    ['a resolution of what was before', { type: 'resolve', ...resolution(), fence: 2 }],
    ['the sweep', expire],
  ];

  it.each(acts)('falls back to DEFERRED as it was, when nothing was sent, by %s', (_name, command) => {
    const { record } = transition(reclaimed(keptDeferral), command, lateMs);
    expect(record).toMatchObject({ ...keptDeferral, fence: 3, trail: [{}, { by: 'time', code: 'lease_over' }] });
    expect(record).not.toHaveProperty('kept');
    expect(transition(record, expire, lateMs).answer.kind).toBe('due');
  });

  it.each(acts)('falls back to UNKNOWN as it was, when nothing was sent again, by %s', (_name, command) => {
    const { record } = transition(reclaimed(keptDoubt), command, lateMs);
    expect(record).toMatchObject({ ...keptDoubt, fence: 3 });
    expect(transition(record, expire, lateMs).answer.kind).toBe('due');
  });

  it.each(acts)('is in doubt with its body, and not due, when it was being sent first, by %s', (_name, command) => {
    const { record } = transition(resending(keptDeferral), command, lateMs);
    expect(record).toMatchObject({ state: 'UNKNOWN', outcome: { code: 'lease_over' }, sendStartedAtMs: startMs, body });
    expect(transition(record, expire, startMs + 10 * retentionMs).answer.kind).toBe('kept');
  });

  it.each(acts)(
    'stays in doubt from its first send on, and due, when it was being sent again, by %s',
    (_n, command) => {
      const { record } = transition(resending(keptDoubt), command, lateMs);
      const { sendStartedAtMs } = keptDoubt;
      expect(record).toMatchObject({ state: 'UNKNOWN', outcome: { code: 'lease_over' }, sendStartedAtMs, body });
      expect(transition(record, expire, lateMs).answer.kind).toBe('due');
    },
  );

  it('is resolved at once by whoever looked at it as it is', () => {
    const rejected = transition(reclaimed(keptDeferral), { type: 'resolve', ...resolution() }, lateMs);
    expect(rejected.answer).toMatchObject({ kind: 'written', record: { state: 'REJECTED' } });
    const confirm = { type: 'resolve', ...resolution(), state: 'CONFIRMED' } as const;
    expect(transition(resending(keptDoubt), confirm, lateMs).answer.kind).toBe('written');
    expect(transition(resending(keptDoubt), confirm, lateMs - 1).answer.kind).toBe('lost');
  });

  function resolution() {
    return { key, fence: 3, state: 'REJECTED', outcome: {}, retentionMs, by: 'operator' } as const;
  }
});

describe('a settlement of what was in doubt', () => {
  it.each<[SettledState, IntentState | 'lost', IntentState]>([
    ['ACCEPTED', 'lost', 'ACCEPTED'],
    ['REJECTED', 'UNKNOWN', 'UNKNOWN'],
    ['NOT_SENT', 'UNKNOWN', 'UNKNOWN'],
    ['UNKNOWN', 'UNKNOWN', 'UNKNOWN'],
    ['DEFERRED', 'UNKNOWN', 'UNKNOWN'],
  ])('as %s leaves it %s before it was sent again, and %s afterwards', (state, unsent, sent) => {
    const before = transition(reclaimed(keptDoubt), settle(state), startMs + 1);
    expect(before.answer.kind === 'lost' ? 'lost' : before.record?.state).toBe(unsent);
    expect(transition(resending(keptDoubt), settle(state), startMs + 1).record?.state).toBe(sent);
  });

  it('keeps its body and the time of its first send, and is tried again only when that is said', () => {
    const { sendStartedAtMs } = keptDoubt;
    const { record } = transition(resending(keptDoubt), settle('REJECTED'), startMs + 1);
    expect(record).toMatchObject({ state: 'UNKNOWN', outcome, body, sendStartedAtMs });
    expect(record).not.toHaveProperty('nextTryAtMs');
    const retried = transition(reclaimed(keptDoubt), settle('DEFERRED'), startMs + 1);
    expect(retried.record).toMatchObject({ body, sendStartedAtMs, nextTryAtMs: startMs + 1 + retryMs });
  });
});

describe('a settlement of what was deferred', () => {
  it('as deferred again keeps the first end of its time', () => {
    const { record } = transition(resending(keptDeferral), settle('DEFERRED'), startMs + 7);
    const { expiresAtMs } = keptDeferral;
    expect(record).toMatchObject({ state: 'DEFERRED', body, nextTryAtMs: startMs + 7 + retryMs, expiresAtMs });
  });

  it('as unknown keeps its body, given again or not', () => {
    const unknown: Command<'settle'> = { type: 'settle', ...ours, state: 'UNKNOWN', outcome, retentionMs, retryMs };
    const { record } = transition(resending(keptDeferral), unknown, startMs + 7);
    expect(record).toMatchObject({
      state: 'UNKNOWN',
      body,
      sendStartedAtMs: startMs,
      nextTryAtMs: startMs + 7 + retryMs,
    });
  });

  it.each<SettledState>(['ACCEPTED', 'REJECTED', 'NOT_SENT'])('as %s erases its body', (state) => {
    const { record } = transition(resending(keptDeferral), settle(state), startMs + 7);
    expect(record?.state).toBe(state);
    expect(JSON.stringify(record)).not.toContain(JSON.stringify(body));
  });
});

describe('a body', () => {
  const large = 'x'.repeat(maxBodyBytes);

  it('that is too large cannot be deferred: the intent is left as not sent', () => {
    const defer = (text: string): Command<'settle'> => {
      return { type: 'settle', ...ours, state: 'DEFERRED', outcome, body: text, retryMs, expiresMs, retentionMs };
    };
    expect(transition(records.RESERVED, defer(large), startMs).record).toMatchObject({
      state: 'DEFERRED',
      body: large,
    });
    const { answer } = transition(records.RESERVED, defer(`${large}x`), startMs);
    expect(answer).toMatchObject({
      kind: 'written',
      record: { state: 'NOT_SENT', outcome: { code: 'too_large_to_keep' } },
    });
  });

  it('that is too large is not sent again by itself', () => {
    const { record } = transition(
      records.SENDING,
      { type: 'settle', ...ours, state: 'UNKNOWN', outcome, body: `${large}x`, retryMs, retentionMs },
      startMs,
    );
    expect(record).not.toHaveProperty('nextTryAtMs');
  });
});

it('the trail keeps the newest steps and still knows who made the claim', () => {
  let record: IntentRecord | undefined = records.DEFERRED;
  for (let round = 1; round <= 10; round += 1) {
    const nowMs = startMs + round * retryMs;
    const owner = { key, owner: 'w', fence: 3 + round };
    record = transition(record, reclaim('worker', 2 + round), nowMs).record;
    record = transition(record, { type: 'startSending', ...owner, leaseMs }, nowMs).record;
    record = transition(record, { type: 'settle', ...owner, ...settlement('DEFERRED'), retentionMs }, nowMs).record;
  }
  expect(record).toMatchObject({ state: 'DEFERRED', attempts: 12, fence: 13 });
  expect(record?.trail).toHaveLength(20);
  expect(record?.trail.at(-1)).toMatchObject({ state: 'DEFERRED', fence: 13, by: 'worker', code: 'ok' });
});
