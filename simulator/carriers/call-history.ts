import type { CallEvent, CallHappening } from './call-event';
import type { Clock } from './clock';

export interface UntilOptions<Type extends CallHappening['type']> {
  /** Only such an event counts; by default any of the type does. */
  readonly where?: (event: CallEvent<Type>) => boolean;
  /** Only events with a greater index count; by default all that are remembered do. */
  readonly after?: number;
  /** How long to wait, in real milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What happened in a call, the newest `maxEvents` of it, and a way to wait for what is still to happen. */
export class CallHistory {
  private remembered: CallEvent[] = [];
  private readonly listeners = new Set<(event: CallEvent) => void>();
  private next = 0;

  constructor(
    private readonly clock: Clock,
    private readonly maxEvents: number,
  ) {}

  get events(): readonly CallEvent[] {
    return this.remembered;
  }

  /** The index of the newest event, -1 before any: what to give `after` to wait for something new. */
  get lastIndex(): number {
    return this.next - 1;
  }

  /** All remembered events of a type. */
  all<Type extends CallHappening['type']>(type: Type): CallEvent<Type>[] {
    return this.remembered.filter((event): event is CallEvent<Type> => event.type === type);
  }

  add(happening: CallHappening): void {
    const event: CallEvent = { ...happening, index: this.next, atMs: this.clock.now() };
    this.next += 1;
    this.remembered.push(event);
    if (this.remembered.length > 2 * this.maxEvents) this.remembered = this.remembered.slice(-this.maxEvents);
    for (const listener of [...this.listeners]) listener(event);
  }

  /** Tells of every event from now on. Returns what stops it. */
  listen(listener: (event: CallEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Resolves with the first event of a type, past or to come.
   * @throws Error if none comes in time, or the call ends first.
   */
  until<Type extends CallHappening['type']>(
    type: Type,
    { where = () => true, after = -1, timeoutMs = 10_000 }: UntilOptions<Type> = {},
  ): Promise<CallEvent<Type>> {
    const fits = (event: CallEvent): event is CallEvent<Type> =>
      // A cast, because the compiler does not narrow by a type parameter.
      event.type === type && event.index > after && where(event as CallEvent<Type>);
    const past = this.remembered.find(fits);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const giveUp = (why: string) => {
        stop();
        reject(new Error(`'${type}' did not happen: ${why}; ${this.summary()}.`));
      };
      const timer = setTimeout(() => giveUp(`waited ${timeoutMs} ms`), timeoutMs);
      const unlisten = this.listen((event) => {
        if (fits(event)) {
          stop();
          resolve(event);
        } else if (event.type === 'ended') giveUp('the call ended first');
      });
      const stop = () => {
        clearTimeout(timer);
        unlisten();
      };
    });
  }

  private summary(): string {
    const types = this.remembered.slice(-10).map(({ type }) => type);
    return types.length === 0 ? 'nothing has happened' : `last: ${types.join(', ')}`;
  }
}
