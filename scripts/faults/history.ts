/**
 * What happened in a run, as those who took part saw it. Nothing in it comes from the relay's own account of itself.
 */
import { type CallEnd } from './client';
import { type Org } from './orgs';
import { type Play } from './plays';

/** One process of a relay, from its start to its end: `relay 2, life 3`. */
export type Life = string;

interface Moment {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

interface OfCall extends Moment {
  /** Counts all calls of the run. */
  readonly call: number;
  readonly intentId: string;
}

/** A client asks a relay. */
export interface Called extends OfCall {
  readonly kind: 'called';
  readonly life: Life;
}

/** The client was answered with a result of the pipeline. */
export type Answered = OfCall & Extract<CallEnd, { readonly kind: 'answered' }>;

/** How else a call ended, as in `CallEnd`. */
export type Unanswered = OfCall & Exclude<CallEnd, { readonly kind: 'answered' }>;

/** A request reached a webhook. */
export interface Received extends Moment {
  readonly kind: 'received';
  readonly intentId: string;
  /** Counts the requests of each intent from 0 on. */
  readonly send: number;
  readonly org: Org;
  readonly life: Life;
  readonly play: Play;
  /** Whether the receiver carried it out: nobody but itself can know. */
  readonly did: boolean;
  /** SHA-256 of its body, in hexadecimal; absent if the body was not read to its end. */
  readonly bodyHash?: string;
}

/** The webhook has done with a request, all but its hanging, what it was to do. */
export interface Replied extends Moment {
  readonly kind: 'replied';
  readonly intentId: string;
  /** The request, counted for each intent from 0 on. */
  readonly send: number;
}

/** Something was broken, or mended. */
export type Injected = Moment & { readonly kind: 'injected' } & (
    | { readonly what: 'relay_up' | 'relay_kill' | 'relay_gone' | 'relay_not_up'; readonly life: Life }
    | { readonly what: 'relay_stop' | 'relay_ended_by_itself'; readonly life: Life; readonly exitCode: number | null }
    | { readonly what: 'store_freeze' | 'store_kill' | 'store_back' }
    | { readonly what: 'hook_close' | 'hook_open'; readonly org: Org }
  );

export type HistoryEvent = Called | Answered | Unanswered | Received | Replied | Injected;

/** An event without its time. */
type Untimed<E extends HistoryEvent> = E extends unknown ? Omit<E, 'atMs'> : never;

/** Takes down what happens, in its order. */
export class History {
  readonly #events: HistoryEvent[] = [];

  add(event: Untimed<HistoryEvent>): void {
    this.#events.push({ atMs: Date.now(), ...event });
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }
}

/** One event on each line. */
export function jsonLines(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
