import { allRules, type Violation, wordsOf } from './check/check';
import { type Counts, type Tally } from './tally';

/** What a run came to, as lines to be printed. */
export function tableOf(tally: Tally, violations: readonly Violation[], elapsedMs: number): string[] {
  const { intents, calls, repeated, sends, duplicatesPrevented } = tally;
  const broken = Map.groupBy(violations, ({ rule }) => rule);
  return [
    `${intents} intents, ${repeated} of them called more than once; ${calls} calls, ${sends} requests to webhooks,` +
      ` ${duplicatesPrevented} duplicates prevented; ${Math.round(elapsedMs / 1_000)} s`,
    ...block('how intents ended (none: never sent, because the store was away)', tally.states),
    ...block('how calls ended', tally.ends),
    ...block('what webhooks did with requests', tally.plays),
    ...block('what was broken and mended', tally.injections),
    ...block('in doubt, because of', tally.doubts),
    ...block('might have been in doubt, because of', tally.mayDoubt),
    '',
    ...allRules.map((rule) => {
      const times = broken.get(rule)?.length ?? 0;
      return `${times === 0 ? 'never' : `${times} times`}: ${wordsOf(rule)}`;
    }),
  ];
}

function block(title: string, counts: Counts<string>): string[] {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return ['', title, ...rows.map(([name, count]) => `${String(count).padStart(8)}  ${name.replaceAll('_', ' ')}`)];
}
