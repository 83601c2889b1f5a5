import fc from 'fast-check';
import {
  type AnswerTo,
  type Command,
  type CommandType,
  type IntentRecord,
  type IntentState,
} from '../../../pipeline/store/store';
import { transition } from '../../../pipeline/store/transition';
import { cooldownMs, key, leaseMs, retentionMs, settlement, startMs } from './fixtures';

/** What happens next. A ticket is what a won claim gave its owner; old owners go on trying with theirs. */
type Happening =
  | { readonly type: 'claim'; readonly fingerprint: string }
  | { readonly type: 'startSending'; readonly ticket: number }
  | {
      readonly type: 'settle';
      readonly ticket: number;
      readonly state: 'ACCEPTED' | 'REJECTED' | 'NOT_SENT' | 'UNKNOWN';
    }
  | { readonly type: 'resolve'; readonly behind: number; readonly state: 'CONFIRMED' | 'FAILED_LATER' | 'REJECTED' }
  | { readonly type: 'expire' }
  | { readonly type: 'wait'; readonly ms: number };

interface Ticket {
  readonly owner: string;
  readonly fence: number;
}

const ticket = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('claim' as const), fingerprint: fc.constantFrom('fp-1', 'fp-1', 'fp-2') }),
  fc.record({ type: fc.constant('startSending' as const), ticket }),
  fc.record({
    type: fc.constant('settle' as const),
    ticket,
    state: fc.constantFrom('ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN'),
  }),
  fc.record({
    type: fc.constant('resolve' as const),
    behind: fc.constantFrom(0, 0, 1),
    state: fc.constantFrom('CONFIRMED', 'FAILED_LATER', 'REJECTED'),
  }),
  fc.constant({ type: 'expire' as const }),
  fc.record({
    type: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 500, leaseMs - 1_000, leaseMs, cooldownMs, retentionMs),
  }),
);

/** From where to where a record may go at all, told apart from the rules under test. */
const ways: Readonly<Record<IntentState | 'none', readonly (IntentState | 'none')[]>> = {
  none: ['RESERVED'],
  RESERVED: ['RESERVED', 'SENDING', 'NOT_SENT', 'REJECTED'],
  SENDING: ['ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN'],
  NOT_SENT: ['RESERVED', 'none'],
  REJECTED: ['RESERVED', 'none'],
  ACCEPTED: ['CONFIRMED', 'FAILED_LATER', 'none'],
  UNKNOWN: ['CONFIRMED', 'FAILED_LATER', 'REJECTED'],
  DEFERRED: [],
  CONFIRMED: ['none'],
  FAILED_LATER: ['none'],
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

  happen(event: Happening): void {
    switch (event.type) {
      case 'claim':
        this.#claim(event.fingerprint);
        break;
      case 'startSending':
        this.#startSending(this.tickets[event.ticket]);
        break;
      case 'settle':
        this.#settle(event.state, this.tickets[event.ticket]);
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
    expect(answer.record.fence).toBe(previous + 1);
    this.tickets.unshift({ owner, fence: answer.record.fence });
  }

  #startSending(by: Ticket | undefined): void {
    if (!by) return;
    const before = this.record;
    const answer = this.#do({ type: 'startSending', key, ...by, leaseMs });
    if (answer.kind !== 'written') return;
    expect(by).toBe(this.tickets[0]);
    expect(before).toHaveProperty('leaseUntilMs');
    expect(this.#mayHaveHappened).toBe(false);
    this.#mayHaveHappened = true;
  }

  #settle(state: 'ACCEPTED' | 'REJECTED' | 'NOT_SENT' | 'UNKNOWN', by: Ticket | undefined): void {
    if (!by) return;
    const answer = this.#do({ type: 'settle', key, ...by, ...settlement(state), retentionMs });
    if (answer.kind !== 'written') return;
    expect(by).toBe(this.tickets[0]);
    if (state === 'NOT_SENT' || state === 'REJECTED') this.#mayHaveHappened = false;
  }

  #resolve(state: 'CONFIRMED' | 'FAILED_LATER' | 'REJECTED', fence: number): void {
    const current = this.record?.fence;
    const answer = this.#do({ type: 'resolve', key, fence, state, outcome: {}, retentionMs, by: 'operator' });
    if (answer.kind !== 'written') return;
    expect(fence).toBe(current);
    if (state === 'REJECTED') this.#mayHaveHappened = false;
  }

  #expire(): void {
    const { kind } = this.#do({ type: 'expire', key, retentionMs });
    // Past its retention an intent is forgotten on purpose; what follows is a new one.
    if (kind === 'removed') this.#mayHaveHappened = false;
  }

  #do<T extends CommandType>(command: Command<T>): AnswerTo[T] {
    const before = this.record;
    const { record, answer } = transition(before, command, this.nowMs);
    if (record !== before) {
      expect(ways[before?.state ?? 'none']).toContain(record?.state ?? 'none');
      if (before && record) expect(record.fence).toBeGreaterThanOrEqual(before.fence);
      if (record && record.state !== 'UNKNOWN' && record.state !== 'DEFERRED')
        expect(record).not.toHaveProperty('body');
      expect(JSON.parse(JSON.stringify(record ?? null))).toEqual(record ?? null);
    }
    this.record = record;
    return answer;
  }
}

it('never lets anyone send while an earlier send may have had an effect, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 60 }), (happenings) => {
      const world = new World();
      for (const event of happenings) world.happen(event);
    }),
    { numRuns: 3_000 },
  );
});

it('reaches every state by such happenings, so that the property above is about something', () => {
  const reached = new Set<IntentState>();
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 60 }), (happenings) => {
      const world = new World();
      for (const event of happenings) {
        world.happen(event);
        if (world.record) reached.add(world.record.state);
      }
    }),
    { numRuns: 2_000, seed: 1 },
  );
  expect([...reached].sort()).toEqual(
    Object.keys(ways)
      .filter((state) => state !== 'none' && state !== 'DEFERRED')
      .sort(),
  );
});
