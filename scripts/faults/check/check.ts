import { type HistoryEvent } from '../history';
import { type Case, casesOf, type Evidence } from './case';
import { circumstancesOf } from './circumstances';
import { rules, type Rule } from './rules';

/** A rule that was broken. */
export interface Violation {
  readonly rule: Rule | typeof relayRule;
  /** Absent where it is about no single intent. */
  readonly intentId?: string;
  readonly what: string;
}

/** Of a relay that ends though nobody asked it to, or badly when asked. */
const relayRule = 'relay_fell';

/** Judges what a run left, and nothing else: the same evidence gives the same violations. */
export function check(evidence: Evidence): Violation[] {
  const circumstances = circumstancesOf(evidence.events);
  // Object.keys forgets the names; they are those of the table.
  const names = Object.keys(rules) as Rule[];
  const violationsOf = (one: Case): Violation[] =>
    names.flatMap((rule) => {
      const what = rules[rule].broken(one, circumstances);
      return what === undefined ? [] : [{ rule, intentId: one.intentId, what }];
    });
  return [...evidence.events.flatMap(fallOf), ...casesOf(evidence).flatMap(violationsOf)];
}

/** What must never be, in words. */
export function wordsOf(rule: Violation['rule']): string {
  return rule === relayRule ? 'a relay ended by itself, or badly' : rules[rule].words;
}

/** Every rule there is. */
export const allRules: readonly Violation['rule'][] = [...(Object.keys(rules) as Rule[]), relayRule];

function fallOf(event: HistoryEvent): Violation[] {
  if (event.kind !== 'injected') return [];
  const isFall = event.what === 'relay_ended_by_itself' || (event.what === 'relay_stop' && event.exitCode !== 0);
  return isFall ? [{ rule: relayRule, what: `${event.life}: exit code ${event.exitCode ?? 'none'}` }] : [];
}
