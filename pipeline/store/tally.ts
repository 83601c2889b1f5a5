import { type IntentState, intentStates } from './record';
import { type IntentCounts } from './store';

/** Adds up how many records are in each state; states that do not occur count zero. */
export function tally(entries: Iterable<readonly [state: IntentState, count: number]>): IntentCounts {
  // The keys of an object are strings to the compiler; these are exactly the states.
  const counts = Object.fromEntries(intentStates.map((state) => [state, 0])) as Record<IntentState, number>;
  for (const [state, count] of entries) counts[state] += count;
  return counts;
}
