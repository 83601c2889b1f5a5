/** An event that went through a session, in its order among all of them. */
export interface JournalEntry {
  /** Counts from 0 and never repeats, also when older entries have been forgotten. */
  readonly index: number;
  readonly direction: 'received' | 'sent';
  /** Milliseconds since the session began. */
  readonly atMs: number;
  /** Absent for a frame that was no JSON object with a type. */
  readonly type: string | undefined;
  /** The parsed event; for a frame that was no JSON, its text. */
  readonly event: unknown;
}

/** What to wait for: a type of sent event, or any condition on an entry. */
export type Match = string | ((entry: JournalEntry) => boolean);

export interface WaitOptions {
  /** Only entries with a greater index count; by default everything remembered does. */
  readonly after?: number;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

interface Waiter {
  matches(entry: JournalEntry): boolean;
  settle(outcome: JournalEntry | Error): void;
}

/** What a session received and sent: the newest `maxEntries` of it, and a way to wait for what is still to come. */
export class Journal {
  private remembered: JournalEntry[] = [];
  private readonly waiters = new Set<Waiter>();
  private readonly startedAt = performance.now();
  private next = 0;

  constructor(private readonly maxEntries: number) {}

  get entries(): readonly JournalEntry[] {
    return this.remembered;
  }

  /** The index of the newest entry, -1 before any: what to give `after` to wait for something new. */
  get lastIndex(): number {
    return this.next - 1;
  }

  record(direction: JournalEntry['direction'], event: unknown): void {
    const entry: JournalEntry = {
      index: this.next,
      direction,
      atMs: performance.now() - this.startedAt,
      type: typeOf(event),
      event,
    };
    this.next += 1;
    if (this.maxEntries > 0) this.remembered.push(entry);
    // Cut in halves: taking one off the front of a long array for every event would be slow.
    if (this.remembered.length > 2 * this.maxEntries) this.remembered = this.remembered.slice(-this.maxEntries);
    for (const waiter of this.waiters) if (waiter.matches(entry)) waiter.settle(entry);
  }

  /** Resolves with the first entry that matches, be it past or to come; rejects at the timeout or when the session ends. */
  waitFor(match: Match, { after = -1, timeoutMs = 10_000 }: WaitOptions = {}): Promise<JournalEntry> {
    const matches = (entry: JournalEntry) =>
      entry.index > after &&
      (typeof match === 'string' ? entry.direction === 'sent' && entry.type === match : match(entry));
    const past = this.remembered.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const name = typeof match === 'string' ? `'${match}'` : 'the awaited event';
      const timer = setTimeout(() => {
        waiter.settle(new Error(`${name} did not come within ${timeoutMs} ms; ${this.summary()}.`));
      }, timeoutMs);
      const waiter: Waiter = {
        matches,
        settle: (outcome) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      this.waiters.add(waiter);
    });
  }

  /** Nothing more will come: everyone still waiting is told so. */
  end(): void {
    for (const waiter of this.waiters) waiter.settle(new Error(`The session ended first; ${this.summary()}.`));
  }

  private summary(): string {
    const types = this.remembered.slice(-10).map(({ direction, type }) => `${direction} ${type ?? 'a strange frame'}`);
    return types.length === 0 ? 'nothing happened in it' : `last: ${types.join(', ')}`;
  }
}

function typeOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !('type' in event)) return undefined;
  return typeof event.type === 'string' ? event.type : undefined;
}
