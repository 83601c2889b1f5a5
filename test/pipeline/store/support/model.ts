import type fc from 'fast-check';
import { type IntentState, type IntentStore } from '../../../../pipeline/store/store';
import { type Clock } from '../fixtures';
import { type Intent, type Standing, type Ticket } from './promise';

/** What the promise knows. */
export interface Model {
  readonly clock: Clock;
  readonly intents: readonly Intent[];
  /** The newest first. */
  tickets: Ticket[];
  /** Told of what was met on the way: a standing, or how a send began that was no first one. */
  readonly meet: (met: Standing | 'sent_later' | 'sent_again') => void;
}

/** What is held to it. */
export interface Real {
  store: Pick<IntentStore, 'claim' | 'reclaim' | 'startSending' | 'settle' | 'resolve' | 'sweep'>;
  /** What is left after the process died and another was started: the same, where it was durable. */
  readonly restart: () => Promise<void>;
  readonly newOwner: () => string;
}

export type Command = fc.AsyncCommand<Model, Real>;

/** How a record may look to whoever does not get it. */
export const statesOf: Readonly<Record<Standing, readonly IntentState[]>> = {
  done: ['ACCEPTED', 'CONFIRMED', 'FAILED_LATER'],
  in_doubt: ['UNKNOWN'],
  in_flight: ['SENDING'],
  taken: ['RESERVED'],
  deferred: ['DEFERRED'],
  refused: ['REJECTED'],
  free: [],
};

/** Counts around, so that any index finds one. */
export function at<T>(all: readonly T[], index: number): T {
  const found = all[index % all.length];
  if (found === undefined) throw new Error('There is none.');
  return found;
}
