import { type ToolOutcome } from '../../pipeline';
import { type Sight } from './messages';
import { type CrashPoint, type Found, pointFacts, type Promised, promisedAfter } from './points';

/** What must never be. */
export const invariants = {
  two_sends: 'two sends for one intent',
  lost_success: 'lost success',
  not_in_doubt: 'a send had begun, and it is not in doubt',
  lost_deferral: 'promised to be sent later, and it is not',
  not_free: 'nothing had begun, and it cannot be done afresh',
  wrong_state: 'the store does not hold what the point leaves',
} as const;

export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly title: string;
  readonly what: string;
}

/** How often what came out, for one crash point. */
export interface Row {
  rounds: number;
  intents: number;
  requests: number;
  readonly outcomes: Record<Promised, number>;
  /** What the store held after the last kill. */
  readonly found: Partial<Record<Found, number>>;
}

/** What became of one intent in its round. */
export interface End {
  readonly found: Found;
  readonly promised: Promised;
  readonly requests: number;
}

/** What the killer knows of every intent by itself, and what it holds the processes to. */
export class Ledger {
  readonly violations: Violation[] = [];
  readonly rows = new Map<CrashPoint, Row>();
  /** What somebody was told had succeeded. */
  readonly #told = new Set<string>();
  /** What was in doubt with its time over. */
  readonly #doubtful = new Set<string>();
  /** What somebody was told is sent later. */
  readonly #putOff = new Set<string>();

  constructor(private readonly effects: (title: string) => number) {}

  /** An answer that a caller got, at any time. */
  hear(title: string, outcome: ToolOutcome | undefined): void {
    if (this.effects(title) > 1) this.#violated('two_sends', title, `${this.effects(title)} requests`);
    if (outcome === undefined) return;
    if (this.#told.has(title) && outcome !== 'duplicate') this.#violated('lost_success', title, `then ${outcome}`);
    if (this.#doubtful.has(title) && outcome !== 'unknown') this.#violated('not_in_doubt', title, `then ${outcome}`);
    if (this.#putOff.has(title) && !afterPuttingOff.has(outcome)) {
      this.#violated('lost_deferral', title, `then ${outcome}`);
    }
    if (outcome === 'deferred') this.#putOff.add(title);
    if (outcome === 'rejected') this.#putOff.delete(title);
    if (outcome === 'success' || outcome === 'duplicate') this.#told.add(title);
    if (outcome === 'unknown') this.#doubtful.add(title);
  }

  /**
   * What the store held after the kill.
   *
   * @returns what the repeat has to come to
   */
  find(title: string, point: CrashPoint, { found, isKept }: Pick<Sight, 'found' | 'isKept'>): Promised {
    const leaves = point === 'any_moment' ? found : pointFacts[point].leaves;
    if (found !== leaves) this.#violated('wrong_state', title, `${found}, not ${leaves}`);
    if (found === 'CONFIRMED' || found === 'FAILED_LATER') {
      this.#violated('wrong_state', title, found);
      return 'unknown';
    }
    const promised = promisedAfter(found, isKept);
    // The webhook refused it when it was sent later: that was kept, and the caller may try again.
    if (found === 'REJECTED') this.#putOff.delete(title);
    if (this.#putOff.has(title) && promised === 'afresh') this.#violated('lost_deferral', title, `now ${found}`);
    if (this.#told.has(title) && promised !== 'duplicate') this.#violated('lost_success', title, `now ${found}`);
    if ((promised === 'afresh' || promised === 'later') && this.effects(title) > 0)
      this.#violated('two_sends', title, `sent, and free as ${found}`);
    if (promised === 'duplicate' && this.effects(title) === 0) this.#violated('wrong_state', title, 'ACCEPTED unsent');
    return promised;
  }

  /** What came of a repeat while whoever died still had time. `sent`: requests it caused. */
  underLease(title: string, isKept: boolean, outcome: ToolOutcome | undefined, sent: number): void {
    if (sent > 0) this.#violated('two_sends', title, 'sent under the lease of another');
    // On a machine that is very slow its time may be over before the store has answered: it has sent nothing either.
    const isPutOff = isKept && outcome === 'deferred';
    if (outcome !== 'in_progress' && outcome !== 'not_sent' && !isPutOff) {
      this.#violated('not_in_doubt', title, `answered ${outcome ?? 'nothing'} under the lease of another`);
    }
  }

  /** What came of a repeat after the time of whoever died was over. `sent`: requests it caused. */
  repeat(title: string, promised: Promised, outcome: ToolOutcome | undefined, sent: number): void {
    this.hear(title, outcome);
    const expected = outcomeOf[promised];
    if (outcome !== expected)
      this.#violated(missed[promised], title, `answered ${outcome ?? 'nothing'}, not ${expected}`);
    if (promised !== 'afresh' && sent > 0) this.#violated('two_sends', title, `sent again, as ${promised}`);
  }

  /** What came of sending later what was put off. `sent`: requests it caused. */
  delivered(title: string, sent: number): void {
    if (sent === 0) this.#violated('lost_deferral', title, 'not sent when it was due');
    if (sent > 1) this.#violated('two_sends', title, `${sent} requests when it was due`);
  }

  /** Ends a round in the books. */
  count(point: CrashPoint, ends: readonly End[]): void {
    const row = this.rows.get(point) ?? {
      rounds: 0,
      intents: 0,
      requests: 0,
      outcomes: { afresh: 0, duplicate: 0, unknown: 0, later: 0 },
      found: {},
    };
    row.rounds += 1;
    for (const { found, promised, requests } of ends) {
      row.intents += 1;
      row.requests += requests;
      row.outcomes[promised] += 1;
      row.found[found] = (row.found[found] ?? 0) + 1;
    }
    this.rows.set(point, row);
  }

  #violated(invariant: Invariant, title: string, what: string): void {
    this.violations.push({ invariant, title, what });
  }
}

/** What a caller hears where this was promised. */
const outcomeOf: Readonly<Record<Promised, ToolOutcome>> = {
  afresh: 'success',
  duplicate: 'duplicate',
  unknown: 'unknown',
  later: 'deferred',
};

/** What a caller may hear of what was put off: that it still is, that it is done, or that nobody knows, or why not. */
const afterPuttingOff: ReadonlySet<ToolOutcome> = new Set(['deferred', 'duplicate', 'unknown', 'rejected']);

const missed: Readonly<Record<Promised, Invariant>> = {
  afresh: 'not_free',
  duplicate: 'lost_success',
  unknown: 'not_in_doubt',
  later: 'lost_deferral',
};
