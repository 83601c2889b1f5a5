import fc from 'fast-check';
import {
  type AnswerTo,
  type Command,
  type CommandType,
  type IntentRecord,
  type IntentState,
  type ResolvedState,
  type SettledState,
  type Settlement,
} from '../../../pipeline/store/store';
import { maxSteps } from '../../../pipeline/store/record';
import { transition } from '../../../pipeline/store/transition';
import { body, cooldownMs, expiresMs, key, leaseMs, retentionMs, retryMs, settlement, startMs } from './fixtures';

/** What happens next. A ticket is what a won claim gave its owner; old owners go on trying with theirs. */
type Happening =
  | { readonly type: 'claim'; readonly fingerprint: string }
  | { readonly type: 'reclaim'; readonly behind: number; readonly by: 'worker' | 'operator' }
  | { readonly type: 'startSending'; readonly ticket: number }
  | { readonly type: 'settle'; readonly ticket: number; readonly settlement: Settlement }
  | { readonly type: 'resolve'; readonly behind: number; readonly state: ResolvedState }
  | { readonly type: 'expire' }
  | { readonly type: 'wait'; readonly ms: number };

interface Ticket {
  readonly owner: string;
  readonly fence: number;
  /** Whether it is the right to send once more what may have arrived. */
  readonly isAgain: boolean;
}

const ticket = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) });
const behind = fc.constantFrom(0, 0, 1);

const settlements: fc.Arbitrary<Settlement> = fc.oneof(
  fc.constantFrom<SettledState>('ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN', 'DEFERRED').map(settlement),
  fc.constant({ ...settlement('UNKNOWN'), state: 'UNKNOWN' as const, retryMs }),
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('claim' as const), fingerprint: fc.constantFrom('fp-1', 'fp-1', 'fp-2') }),
  fc.record({ type: fc.constant('reclaim' as const), behind, by: fc.constantFrom('worker', 'operator') }),
  fc.record({ type: fc.constant('startSending' as const), ticket }),
  fc.record({ type: fc.constant('settle' as const), ticket, settlement: settlements }),
  fc.record({
    type: fc.constant('resolve' as const),
    behind,
    state: fc.constantFrom('CONFIRMED', 'FAILED_LATER', 'REJECTED'),
  }),
  fc.constant({ type: 'expire' as const }),
  fc.record({
    type: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 500, retryMs, leaseMs - 1_000, leaseMs, cooldownMs, expiresMs, retentionMs),
  }),
);

/** From where to where a record may go in one step, told apart from the rules under test. */
const ways: Readonly<Record<IntentState, readonly IntentState[]>> = {
  RESERVED: ['RESERVED', 'SENDING', 'NOT_SENT', 'REJECTED', 'DEFERRED', 'UNKNOWN'],
  SENDING: ['ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN', 'DEFERRED'],
  NOT_SENT: ['RESERVED'],
  REJECTED: ['RESERVED'],
  ACCEPTED: ['CONFIRMED', 'FAILED_LATER'],
  UNKNOWN: ['RESERVED', 'CONFIRMED', 'FAILED_LATER', 'REJECTED'],
  DEFERRED: ['RESERVED', 'NOT_SENT', 'REJECTED'],
  CONFIRMED: [],
  FAILED_LATER: [],
};

/** One intent and everybody who has to do with it; checks after every command what must always hold. */
class World {
  record: IntentRecord | undefined;
  nowMs = startMs;
  /** The newest first. */
  readonly tickets: Ticket[] = [];
  #claims = 0;
  /** Whether something was sent that may have had an effect, as the senders themselves know it. */
  #mayHaveHappened = false;
  /** Until when it was promised that it will be sent, while that is so. */
  #promisedUntilMs = 0;

  happen(event: Happening): void {
    switch (event.type) {
      case 'claim':
        this.#claim(event.fingerprint);
        break;
      case 'reclaim':
        this.#reclaim(event.by, (this.record?.fence ?? 0) - event.behind);
        break;
      case 'startSending':
        this.#startSending(this.tickets[event.ticket]);
        break;
      case 'settle':
        this.#settle(event.settlement, this.tickets[event.ticket]);
        break;
      case 'resolve':
        this.#resolve(event.state, (this.record?.fence ?? 0) - event.behind);
        break;
      case 'expire':
        this.#expire();
        break;
      case 'wait':
        this.nowMs += event.ms;
    }
  }

  #claim(fingerprint: string): void {
    const owner = `owner-${this.#claims++}`;
    const previous = this.record?.fence ?? 0;
    const claim = { type: 'claim', key, fingerprint, owner, leaseMs, rejectedCooldownMs: cooldownMs } as const;
    const answer = this.#do(claim);
    expect(answer.record).toBe(this.record);
    if (answer.kind !== 'claimed') return;
    expect(this.#mayHaveHappened).toBe(false);
    expect(this.nowMs).toBeGreaterThanOrEqual(this.#promisedUntilMs);
    expect(answer.record.fence).toBe(previous + 1);
    expect(answer.record).not.toHaveProperty('kept');
    this.tickets.unshift({ owner, fence: answer.record.fence, isAgain: false });
  }

  #reclaim(by: 'worker' | 'operator', fence: number): void {
    const owner = `owner-${this.#claims++}`;
    const previous = this.record?.fence;
    const answer = this.#do({ type: 'reclaim', key, fence, owner, leaseMs, by });
    if (answer.kind !== 'claimed') return;
    expect(fence).toBe(previous);
    const { record } = answer;
    expect(record.fence).toBe(fence + 1);
    expect(record.kept.body).toBe(body);
    expect(record.kept.state).toBe(this.#mayHaveHappened ? 'UNKNOWN' : 'DEFERRED');
    this.tickets.unshift({ owner, fence: record.fence, isAgain: this.#mayHaveHappened });
  }

  #startSending(by: Ticket | undefined): void {
    if (!by) return;
    const before = this.record;
    const answer = this.#do({ type: 'startSending', key, owner: by.owner, fence: by.fence, leaseMs });
    if (answer.kind !== 'written') return;
    expect(by).toBe(this.tickets[0]);
    expect(before).toHaveProperty('leaseUntilMs');
    expect(this.#mayHaveHappened).toBe(by.isAgain);
    if (answer.record.kept?.state === 'DEFERRED') expect(this.nowMs).toBeLessThan(answer.record.kept.expiresAtMs);
    this.#mayHaveHappened = true;
    this.#promisedUntilMs = 0;
  }

  #settle(said: Settlement, by: Ticket | undefined): void {
    if (!by) return;
    const answer = this.#do({ type: 'settle', key, owner: by.owner, fence: by.fence, ...said, retentionMs });
    if (answer.kind !== 'written') return;
    expect(by).toBe(this.tickets[0]);
    const { record } = answer;
    if (by.isAgain) expect(record.state).toBe(said.state === 'ACCEPTED' ? 'ACCEPTED' : 'UNKNOWN');
    else if (said.state !== 'ACCEPTED' && said.state !== 'UNKNOWN') this.#mayHaveHappened = false;
    this.#promisedUntilMs = record.state === 'DEFERRED' ? record.expiresAtMs : 0;
  }

  #resolve(state: ResolvedState, fence: number): void {
    const current = this.record?.fence;
    const answer = this.#do({ type: 'resolve', key, fence, state, outcome: {}, retentionMs, by: 'operator' });
    if (answer.kind !== 'written') return;
    expect(fence).toBe(current);
    this.#promisedUntilMs = 0;
    if (state === 'REJECTED') this.#mayHaveHappened = false;
  }

  #expire(): void {
    const { kind } = this.#do({ type: 'expire', key, retentionMs });
    // Past its retention an intent is forgotten on purpose; what follows is a new one.
    if (kind === 'removed') this.#mayHaveHappened = false;
    if (kind === 'expired') expect(this.nowMs).toBeGreaterThanOrEqual(this.#promisedUntilMs);
  }

  #do<T extends CommandType>(command: Command<T>): AnswerTo[T] {
    const before = this.record;
    const { record, answer } = transition(before, command, this.nowMs);
    if (record !== undefined && record !== before) {
      expectAWay(before, record);
      expect(record.fence).toBeGreaterThanOrEqual(before?.fence ?? 0);
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      const mayHaveBody = record.state === 'UNKNOWN' || record.state === 'DEFERRED' || 'kept' in record;
      if (!mayHaveBody) expect(JSON.stringify(record)).not.toContain(JSON.stringify(body));
    }
    // Where it is promised that it will be sent, there is what to send, whoever has it in hand.
    if (this.nowMs < this.#promisedUntilMs && command.type !== 'settle' && command.type !== 'resolve') {
      const kept = record?.state === 'RESERVED' || record?.state === 'SENDING' ? record.kept : record;
      expect(kept).toMatchObject({ state: 'DEFERRED', body, expiresAtMs: this.#promisedUntilMs });
    }
    this.record = record;
    return answer;
  }
}

/** That the trail goes on from where it was, by steps that there are, to where the record is. */
function expectAWay(before: IntentRecord | undefined, after: IntentRecord): void {
  const earlier = before?.trail ?? [];
  const start = after.trail.findLastIndex((step) => step === earlier.at(-1));
  const added = after.trail.slice(start + 1);
  expect(after.trail).toEqual([...earlier, ...added].slice(-maxSteps));
  expect(added.length).toBeGreaterThan(0);
  expect(added.at(-1)?.state).toBe(after.state);
  let from = earlier.at(-1)?.state;
  for (const { state } of added) {
    expect(from === undefined ? ['RESERVED'] : ways[from]).toContain(state);
    from = state;
  }
}

it('never lets anyone send while an earlier send may have had an effect, unless they were told to, and keeps what was put off', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 60 }), (happenings) => {
      const world = new World();
      for (const event of happenings) world.happen(event);
    }),
    { numRuns: 3_000 },
  );
});

it('reaches every state by such happenings, by resends too, so that the property above is about something', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 60 }), (happenings) => {
      const world = new World();
      for (const event of happenings) {
        world.happen(event);
        const { record } = world;
        if (record) reached.add(record.state);
        if (record?.state === 'SENDING' && record.kept) reached.add(`SENDING of what was ${record.kept.state}`);
      }
    }),
    { numRuns: 2_000, seed: 1 },
  );
  const resends = ['SENDING of what was DEFERRED', 'SENDING of what was UNKNOWN'];
  expect([...reached].sort()).toEqual([...Object.keys(ways), ...resends].sort());
});
