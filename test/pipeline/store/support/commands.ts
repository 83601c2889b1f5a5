import fc from 'fast-check';
import {
  type IntentState,
  type IntentStore,
  type ResolvedState,
  type SettledState,
} from '../../../../pipeline/store/store';
import { leaseSlackMs } from '../../../../pipeline/store/transition';
import { claimBy, type Clock, cooldownMs, leaseMs, retentionMs, settlement } from '../fixtures';
import { type Intent, type Standing, type Ticket } from './promise';

/** What the promise knows. */
export interface Model {
  readonly clock: Clock;
  readonly intents: readonly Intent[];
  /** The newest first. */
  tickets: Ticket[];
  /** Told of every standing that was met. */
  readonly meet: (standing: Standing) => void;
}

/** What is held to it. */
export interface Real {
  store: Pick<IntentStore, 'claim' | 'startSending' | 'settle' | 'resolve' | 'sweep'>;
  /** What is left after the process died and another was started: the same, where it was durable. */
  readonly restart: () => Promise<void>;
  readonly newOwner: () => string;
}

type Command = fc.AsyncCommand<Model, Real>;

/** Everything that can happen, in any order: several owners, late ones, dead ones, sweeps, humans, and time. */
export function happenings(intents: number): fc.Arbitrary<Iterable<Command>> {
  const intent = fc.nat(intents - 1);
  const ticket = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6) });
  const says = fc.constantFrom<SettledState>('ACCEPTED', 'ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN');
  const resolved = fc.constantFrom<ResolvedState>('CONFIRMED', 'FAILED_LATER', 'REJECTED');
  const ms = fc.constantFrom(1, 500, leaseMs - leaseSlackMs, leaseMs, leaseMs, cooldownMs, retentionMs);
  return fc.commands<Model, Real, false>(
    [
      fc.tuple(intent, fc.constantFrom('fp-1', 'fp-1', 'fp-2')).map((args) => new ClaimIt(...args)),
      fc.tuple(intent, fc.constant('fp-1')).map((args) => new ClaimIt(...args)),
      ticket.map((index) => new Begin(index)),
      ticket.map((index) => new Begin(index)),
      fc.tuple(ticket, says).map((args) => new Say(...args)),
      fc.tuple(intent, resolved, fc.constantFrom(0, 0, 1)).map((args) => new Resolve(...args)),
      fc.constantFrom(1, 500).map((limit) => new Sweep(limit)),
      // Starting anew takes its time.
      fc.oneof({ weight: 1, arbitrary: fc.constant(new Die()) }, { weight: 4, arbitrary: fc.constant(new Wait(1)) }),
      ms.map((each) => new Wait(each)),
    ],
    { maxCommands: 60, size: 'max' },
  );
}

class ClaimIt implements Command {
  constructor(
    private readonly index: number,
    private readonly fingerprint: string,
  ) {}

  check = () => true;
  toString = () => `claim(${this.index}, ${this.fingerprint})`;

  async run(model: Model, { store, newOwner }: Real): Promise<void> {
    const intent = at(model.intents, this.index);
    const { nowMs } = model.clock;
    const standing = intent.standing(nowMs);
    model.meet(standing);
    const isSame = intent.fingerprint === this.fingerprint;
    const owner = newOwner();
    const answer = await store.claim(claimBy(owner, { key: intent.key, fingerprint: this.fingerprint }));

    const isFree = standing === 'free' || (standing === 'refused' && !isSame);
    expect([standing, answer.kind]).toEqual([standing, isFree ? 'claimed' : isSame ? 'held' : 'conflict']);
    if (answer.kind !== 'claimed') {
      expect(statesOf[standing]).toContain(answer.record.state);
      if (standing === 'in_doubt') intent.givenUp();
      return;
    }
    const { fence } = answer.record;
    expect(fence).toBeGreaterThan(intent.fence);
    const ticket = { intent, owner, fence, leaseUntilMs: nowMs + leaseMs, send: undefined, isThrough: false };
    intent.taken(ticket, this.fingerprint);
    model.tickets.unshift(ticket);
  }
}

class Begin implements Command {
  constructor(private readonly index: number) {}

  check = ({ tickets }: Readonly<Model>) => tickets.length > 0;
  toString = () => `begin(${this.index})`;

  async run({ tickets, clock: { nowMs } }: Model, { store }: Real): Promise<void> {
    const ticket = at(tickets, this.index);
    const { intent, owner, fence } = ticket;
    const mayBegin = intent.standing(nowMs) === 'taken' && intent.ticket === ticket && ticket.send === undefined;
    const { kind } = await store.startSending({ key: intent.key, owner, fence, leaseMs });
    expect(kind === 'written').toBe(mayBegin && nowMs < ticket.leaseUntilMs - leaseSlackMs);
    if (kind !== 'written') return;
    ticket.leaseUntilMs = nowMs + leaseMs;
    intent.begun(ticket);
  }
}

class Say implements Command {
  constructor(
    private readonly index: number,
    private readonly state: SettledState,
  ) {}

  check = ({ tickets }: Readonly<Model>) => tickets.length > 0;
  toString = () => `say(${this.index}, ${this.state})`;

  async run({ tickets, clock: { nowMs } }: Model, { store }: Real): Promise<void> {
    const ticket = at(tickets, this.index);
    const { intent, owner, fence, send } = ticket;
    const { state } = this;
    // What was never begun can be neither done nor in doubt. A late owner is heard until somebody has acted on its end.
    const isHeard = intent.ticket === ticket && !ticket.isThrough && (send !== undefined || isNothing(state));
    const answer = await store.settle({ key: intent.key, owner, fence, ...settlement(state), retentionMs });
    expect(answer.kind).toBe(isHeard ? 'written' : 'lost');
    if (!isHeard) return;
    ticket.isThrough = true;
    if (state === 'ACCEPTED') intent.proven('effect', nowMs);
    else if (state === 'NOT_SENT') intent.proven('no_effect', nowMs);
    else if (state === 'REJECTED') intent.refused(nowMs);
    else intent.givenUp();
  }
}

class Resolve implements Command {
  constructor(
    private readonly index: number,
    private readonly state: ResolvedState,
    private readonly behind: number,
  ) {}

  check = () => true;
  toString = () => `resolve(${this.index}, ${this.state}, ${this.behind} behind)`;

  async run({ intents, clock: { nowMs } }: Model, { store }: Real): Promise<void> {
    const intent = at(intents, this.index);
    const { state } = this;
    const standing = intent.standing(nowMs);
    const isOpen =
      (standing === 'done' && !intent.isConfirmed && state !== 'REJECTED') ||
      (standing === 'in_doubt' && !intent.isLost(nowMs));
    const fence = intent.fence - this.behind;
    const answer = await store.resolve({ key: intent.key, fence, state, outcome: {}, retentionMs, by: 'operator' });
    expect(answer.kind).toBe(isOpen && this.behind === 0 ? 'written' : 'lost');
    if (answer.kind !== 'written') return;
    if (state === 'REJECTED') intent.refused(nowMs);
    else intent.proven('effect', nowMs);
    intent.isConfirmed = state !== 'REJECTED';
  }
}

class Sweep implements Command {
  constructor(private readonly limit: number) {}

  check = () => true;
  toString = () => `sweep(${this.limit})`;

  async run({ intents, clock: { nowMs } }: Model, { store }: Real): Promise<void> {
    const lost = intents.filter((intent) => intent.isLost(nowMs)).map(({ key }) => key.intentId);
    const reported: string[] = [];
    for (let more = true; more;) {
      const report = await store.sweep({ retentionMs, limit: this.limit });
      reported.push(...report.unknown.map(({ intentId }) => intentId));
      more = report.more;
    }
    const ours = reported.filter((id) => intents.some(({ key }) => key.intentId === id));
    expect(ours.sort()).toEqual(lost.sort());
    for (const intent of intents) intent.swept(nowMs);
  }
}

/** The process dies, and its owners with it; another is started. */
class Die implements Command {
  check = () => true;
  toString = () => 'die()';

  async run(model: Model, { restart }: Real): Promise<void> {
    model.tickets = [];
    await restart();
  }
}

class Wait implements Command {
  constructor(private readonly ms: number) {}

  check = () => true;
  toString = () => `wait(${this.ms})`;

  run({ clock }: Model): Promise<void> {
    clock.advance(this.ms);
    return Promise.resolve();
  }
}

/** How a record may look to whoever does not get it. */
const statesOf: Readonly<Record<Standing, readonly IntentState[]>> = {
  done: ['ACCEPTED', 'CONFIRMED', 'FAILED_LATER'],
  in_doubt: ['UNKNOWN'],
  in_flight: ['SENDING'],
  taken: ['RESERVED'],
  refused: ['REJECTED'],
  free: [],
};

function isNothing(state: SettledState): boolean {
  return state === 'NOT_SENT' || state === 'REJECTED';
}

function at<T>(all: readonly T[], index: number): T {
  const found = all[index % all.length];
  if (found === undefined) throw new Error('There is none.');
  return found;
}
