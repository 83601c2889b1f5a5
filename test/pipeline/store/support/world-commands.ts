import { type ResolvedState } from '../../../../pipeline/store/store';
import { retentionMs } from '../fixtures';
import { at, type Command, type Model, type Real } from './model';
import { type Intent } from './promise';

export class Resolve implements Command {
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
    const isOpen = this.isOpen(intent, nowMs) && this.behind === 0;
    const fence = intent.fence - this.behind;
    const answer = await store.resolve({ key: intent.key, fence, state, outcome: {}, retentionMs, by: 'operator' });
    expect(answer.kind).toBe(isOpen ? 'written' : 'lost');
    intent.actedOn(nowMs);
    if (answer.kind !== 'written') return;
    if (state === 'REJECTED') intent.refused(nowMs);
    else intent.proven('effect', nowMs);
    intent.isConfirmed = state !== 'REJECTED';
  }

  private isOpen(intent: Intent, nowMs: number): boolean {
    const isRejected = this.state === 'REJECTED';
    const standing = intent.standing(nowMs);
    if (standing === 'in_doubt') return true;
    if (standing === 'done') return !isRejected && !intent.isConfirmed;
    // Past its time, too, until it is swept away.
    return isRejected && intent.deferral !== undefined && standing !== 'taken' && standing !== 'in_flight';
  }
}

export class Sweep implements Command {
  constructor(private readonly limit: number) {}

  check = () => true;
  toString = () => `sweep(${this.limit})`;

  async run({ intents, clock: { nowMs } }: Model, { store }: Real): Promise<void> {
    const lost = intents.filter((intent) => intent.isAbandoned(nowMs) && intent.ticket?.send !== undefined);
    const late = intents.filter(({ deferral }) => deferral !== undefined && nowMs >= deferral.expiresAtMs);
    const stillHeld = late.filter(({ ticket }) => ticket?.isThrough === false);
    const named = (keys: readonly { readonly intentId: string }[]): Intent[] =>
      keys.flatMap(({ intentId }) => intents.find(({ key }) => key.intentId === intentId) ?? []);
    const unknown: Intent[] = [];
    const expired: Intent[] = [];
    for (let more = true; more;) {
      const report = await store.sweep({ retentionMs, limit: this.limit });
      unknown.push(...named(report.unknown));
      expired.push(...named(report.expired));
      for (const intent of named(report.due.map(({ key }) => key))) {
        expect(intent.kept(nowMs)?.nextTryMs).toBeLessThanOrEqual(nowMs);
      }
      more = report.more;
    }
    for (const intent of intents) intent.swept(nowMs);
    for (const intent of expired) intent.expired(nowMs);
    expect(new Set(unknown)).toEqual(new Set(lost));
    expect(unknown).toHaveLength(lost.length);
    // What somebody held past its end falls back in this sweep and expires in this or in the next one.
    const certain = late.filter((intent) => !stillHeld.includes(intent));
    expect(late).toEqual(expect.arrayContaining(expired));
    expect(expired).toEqual(expect.arrayContaining(certain));
  }
}

/** The process dies, and its owners with it; another is started. */
export class Die implements Command {
  check = () => true;
  toString = () => 'die()';

  async run(model: Model, { restart }: Real): Promise<void> {
    model.tickets = [];
    await restart();
  }
}

export class Wait implements Command {
  constructor(private readonly ms: number) {}

  check = () => true;
  toString = () => `wait(${this.ms})`;

  run({ clock }: Model): Promise<void> {
    clock.advance(this.ms);
    return Promise.resolve();
  }
}
