import { type IntentRecord } from '../../../pipeline/store/store';
import { type Evidence } from '../../../scripts/faults/check/case';
import { check } from '../../../scripts/faults/check/check';
import { type HistoryEvent, type Injected, type Life, type Received } from '../../../scripts/faults/history';
import { type CallEnd } from '../../../scripts/faults/client';
import { type Org } from '../../../scripts/faults/orgs';
import { type Play, playFacts } from '../../../scripts/faults/plays';

export const intentId = '0123456789abcdef';
export const life = 'relay 1, life 1';
export const other = 'relay 2, life 1';

/** A history of one intent, told event by event; times in milliseconds from the beginning. */
export class Story {
  readonly #org: Org;
  readonly #events: HistoryEvent[] = [];
  #record: IntentRecord | undefined;
  #calls = 0;
  #sends = -1;

  constructor(org: Org = 'org_plain') {
    this.#org = org;
  }

  /** A call that is asked, and its end if it has one. */
  call(atMs: number, end: (CallEnd & { readonly afterMs: number }) | undefined, through: Life = life): this {
    const call = (this.#calls += 1);
    this.#events.push({ kind: 'called', atMs, call, intentId, life: through });
    if (end === undefined) return this;
    const { afterMs, ...what } = end;
    this.#events.push({ atMs: atMs + afterMs, call, intentId, ...what });
    return this;
  }

  /** A request that reaches the webhook, and is carried out where its play says so; it is answered a little later. */
  send(
    atMs: number,
    play: Play,
    {
      repliesAfterMs = 1,
      ...more
    }: Partial<Pick<Received, 'life' | 'did' | 'bodyHash'>> & { repliesAfterMs?: number } = {},
  ): this {
    const send = (this.#sends += 1);
    const did = playFacts[play].means === 'taken';
    const received = {
      kind: 'received',
      atMs,
      intentId,
      send,
      org: this.#org,
      life,
      play,
      did,
      bodyHash: 'b',
    } as const;
    this.#events.push({ ...received, ...more });
    if (play !== 'hang') this.#events.push({ kind: 'replied', atMs: atMs + repliesAfterMs, intentId, send });
    return this;
  }

  kill(atMs: number, killed: Life = life): this {
    return this.#inject({ kind: 'injected', atMs, what: 'relay_kill', life: killed });
  }

  /** The store is away from one moment to another. */
  outage(fromMs: number, toMs: number): this {
    this.#inject({ kind: 'injected', atMs: fromMs, what: 'store_kill' });
    return this.#inject({ kind: 'injected', atMs: toMs, what: 'store_back' });
  }

  fall(): this {
    return this.#inject({ kind: 'injected', atMs: 0, what: 'relay_ended_by_itself', life, exitCode: 1 });
  }

  /** What the store holds at the end. */
  ends(record: EndRecord): this {
    const common = {
      key: { orgId: this.#org, tool: 'create_appointment', intentId },
      fingerprint: 'f',
      fence: 1,
      attempts: 1,
      createdAtMs: 0,
      updatedAtMs: 0,
      trail: [{ state: 'RESERVED', atMs: 0, by: 'call', fence: 1 }] as const,
    };
    this.#record = { ...common, ...record };
    return this;
  }

  get evidence(): Evidence {
    return {
      intents: [{ intentId, org: this.#org }],
      events: [...this.#events].sort((a, b) => a.atMs - b.atMs),
      records: this.#record === undefined ? [] : [this.#record],
    };
  }

  /** The names of the rules it breaks. */
  get broken(): string[] {
    return check(this.evidence).map(({ rule }) => rule);
  }

  #inject(event: Injected): this {
    this.#events.push(event);
    return this;
  }
}

/** A record without what all of them have. */
type EndRecord = IntentRecord extends infer R
  ? R extends IntentRecord
    ? Omit<R, 'key' | 'fingerprint' | 'fence' | 'attempts' | 'createdAtMs' | 'updatedAtMs' | 'trail'>
    : never
  : never;

const kept = { outcome: {}, retainUntilMs: 1_000_000 };
export const accepted: EndRecord = { state: 'ACCEPTED', ...kept };
export const confirmed: EndRecord = { state: 'CONFIRMED', ...kept };
export const rejected: EndRecord = { state: 'REJECTED', ...kept };
export const notSent = (code: string): EndRecord => ({ state: 'NOT_SENT', ...kept, outcome: { code } });
export const unknownSince = (sendStartedAtMs: number): EndRecord => ({
  state: 'UNKNOWN',
  outcome: {},
  sendStartedAtMs,
});
export const deferred: EndRecord = { state: 'DEFERRED', outcome: {}, body: '{}', nextTryAtMs: 0, expiresAtMs: 1 };
export const sending: EndRecord = { state: 'SENDING', owner: 'o', leaseUntilMs: 1, sendStartedAtMs: 0 };

/** An answer after ten milliseconds. */
export const told = (outcome: Extract<CallEnd, { kind: 'answered' }>['outcome'], afterMs = 10) =>
  ({ kind: 'answered', outcome, afterMs }) as const;
