import { type Settlement } from '../../../../pipeline/store/store';
import { leaseSlackMs } from '../../../../pipeline/store/transition';
import { claimBy, leaseMs, retentionMs } from '../fixtures';
import { at, type Command, type Model, type Real, statesOf } from './model';
import { type Intent, type Ticket } from './promise';

export class Claim implements Command {
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
      intent.actedOn(nowMs);
      return;
    }
    intent.fingerprint = this.fingerprint;
    take(model, { intent, owner, fence: answer.record.fence, on: 'wish' });
  }
}

export class Reclaim implements Command {
  constructor(
    private readonly index: number,
    private readonly by: 'worker' | 'operator',
    private readonly behind: number,
  ) {}

  check = () => true;
  toString = () => `reclaim(${this.index}, ${this.by}, ${this.behind} behind)`;

  async run(model: Model, { store, newOwner }: Real): Promise<void> {
    const intent = at(model.intents, this.index);
    const { nowMs } = model.clock;
    const kept = intent.kept(nowMs);
    const isDue = kept?.nextTryMs !== undefined && nowMs >= kept.nextTryMs;
    const owner = newOwner();
    const fence = intent.fence - this.behind;
    const answer = await store.reclaim({ key: intent.key, fence, owner, leaseMs, by: this.by });

    const mayTake = kept !== undefined && this.behind === 0 && (this.by === 'operator' || isDue);
    expect([kept, answer.kind]).toEqual([kept, mayTake ? 'claimed' : 'lost']);
    intent.actedOn(nowMs);
    if (kept === undefined || answer.kind !== 'claimed') return;
    take(model, { intent, owner, fence: answer.record.fence, on: kept.on });
  }
}

export class Begin implements Command {
  constructor(private readonly index: number) {}

  check = ({ tickets }: Readonly<Model>) => tickets.length > 0;
  toString = () => `begin(${this.index})`;

  async run({ tickets, clock: { nowMs }, meet }: Model, { store }: Real): Promise<void> {
    const ticket = at(tickets, this.index);
    const { intent, owner, fence, on } = ticket;
    const mayBegin =
      intent.standing(nowMs) === 'taken' &&
      intent.ticket === ticket &&
      nowMs < ticket.leaseUntilMs - leaseSlackMs &&
      !(on === 'deferral' && nowMs >= (intent.deferral?.expiresAtMs ?? 0));
    const { kind } = await store.startSending({ key: intent.key, owner, fence, leaseMs });
    expect(kind === 'written').toBe(mayBegin);
    if (kind !== 'written') return;
    // The promise itself, once more in so many words.
    expect(intent.isInDoubt()).toBe(on === 'doubt');
    if (on !== 'wish') meet(on === 'doubt' ? 'sent_again' : 'sent_later');
    ticket.leaseUntilMs = nowMs + leaseMs;
    intent.begun(ticket);
  }
}

export class Say implements Command {
  constructor(
    private readonly index: number,
    private readonly settlement: Settlement,
  ) {}

  check = ({ tickets }: Readonly<Model>) => tickets.length > 0;
  toString = () => `say(${this.index}, ${JSON.stringify(this.settlement)})`;

  async run({ tickets, clock: { nowMs } }: Model, { store }: Real): Promise<void> {
    const ticket = at(tickets, this.index);
    const { intent, owner, fence } = ticket;
    // A late owner is heard until somebody has acted on its end.
    const isHeard = intent.ticket === ticket && !ticket.isThrough && this.canBeTrue(ticket);
    const answer = await store.settle({ key: intent.key, owner, fence, ...this.settlement, retentionMs });
    expect(answer.kind).toBe(isHeard ? 'written' : 'lost');
    if (!isHeard) return;
    ticket.isThrough = true;
    this.settle(ticket, nowMs);
  }

  /** What was never begun can be neither done nor in doubt, unless it was before. */
  private canBeTrue({ send, on }: Ticket): boolean {
    if (send !== undefined) return true;
    const { state } = this.settlement;
    return state !== 'ACCEPTED' && (state !== 'UNKNOWN' || on === 'doubt');
  }

  private settle({ intent, on }: Ticket, nowMs: number): void {
    const { settlement } = this;
    const nextTryMs = 'retryMs' in settlement ? nowMs + settlement.retryMs : undefined;
    if (settlement.state === 'ACCEPTED') intent.proven('effect', nowMs);
    // That it went wrong this time says nothing about the first.
    else if (on === 'doubt') intent.doubt = { hasBody: true, nextTryMs };
    else if (settlement.state === 'NOT_SENT') intent.proven('no_effect', nowMs);
    else if (settlement.state === 'REJECTED') intent.refused(nowMs);
    else if (settlement.state === 'DEFERRED') intent.putOff(nowMs);
    else {
      intent.deferral = undefined;
      intent.doubt = { hasBody: true, nextTryMs };
    }
  }
}

function take(model: Model, claim: Pick<Ticket, 'intent' | 'owner' | 'fence' | 'on'>): void {
  const { intent, fence }: { intent: Intent; fence: number } = claim;
  expect(fence).toBeGreaterThan(intent.fence);
  const ticket = { ...claim, leaseUntilMs: model.clock.nowMs + leaseMs, send: undefined, isThrough: false };
  intent.taken(ticket);
  model.tickets.unshift(ticket);
}
