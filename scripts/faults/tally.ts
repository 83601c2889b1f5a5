import { type ToolOutcome } from '../../pipeline';
import { type IntentState } from '../../pipeline/store/store';
import { casesOf, type Evidence } from './check/case';
import { circumstancesOf } from './check/circumstances';
import { type Doubt, doubtOf } from './check/doubt';
import { type Injected, type Unanswered } from './history';
import { type Play } from './plays';

/** How often something was counted, by its name. */
export type Counts<Name extends string> = ReadonlyMap<Name, number>;

/** What a run came to, in numbers. */
export interface Tally {
  readonly intents: number;
  /** Calls that reached a relay. */
  readonly calls: number;
  /** Intents that were called more than once. */
  readonly repeated: number;
  /** Requests that reached a webhook. */
  readonly sends: number;
  /** What the calls were answered, or how else they ended. */
  readonly ends: Counts<ToolOutcome | Exclude<Unanswered['kind'], 'unreachable'>>;
  /** Intents by the state they ended in; `none` where the store never heard of them, because it was away. */
  readonly states: Counts<IntentState | 'none'>;
  readonly plays: Counts<Play>;
  readonly injections: Counts<Injected['what']>;
  /** Intents that were sent once or more, and called more often than that. */
  readonly duplicatesPrevented: number;
  /** What explains each intent that is in doubt; `nothing` where nothing does. */
  readonly doubts: Counts<Doubt | 'nothing'>;
  /** Intents that may be in doubt, for each reason. */
  readonly mayDoubt: Counts<Doubt>;
}

export function tallyOf(evidence: Evidence): Tally {
  const cases = casesOf(evidence);
  const circumstances = circumstancesOf(evidence.events);
  const reached = cases.map(({ calls }) => calls.filter(({ end }) => end?.kind !== 'unreachable'));
  const unknown = cases.filter(({ record }) => record?.state === 'UNKNOWN');
  return {
    intents: cases.length,
    calls: reached.flat().length,
    repeated: reached.filter((calls) => calls.length > 1).length,
    sends: cases.flatMap(({ sends }) => sends).length,
    ends: counted(
      reached.flat().flatMap(({ end }) => {
        if (end === undefined || end.kind === 'unreachable') return [];
        return end.kind === 'answered' ? end.outcome : end.kind;
      }),
    ),
    states: counted(cases.map(({ record }) => record?.state ?? 'none')),
    plays: counted(cases.flatMap(({ sends }) => sends.map(({ play }) => play))),
    injections: counted(evidence.events.flatMap((event) => (event.kind === 'injected' ? event.what : []))),
    duplicatesPrevented: cases.reduce((sum, { sends }, index) => {
      const more = (reached[index]?.length ?? 0) - sends.length;
      return sum + (sends.length > 0 && more > 0 ? more : 0);
    }, 0),
    doubts: counted(unknown.map((one) => doubtOf(one, circumstances) ?? 'nothing')),
    mayDoubt: counted(cases.flatMap((one) => doubtOf(one, circumstances) ?? [])),
  };
}

function counted<Name extends string>(names: readonly Name[]): Counts<Name> {
  const counts = new Map<Name, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
