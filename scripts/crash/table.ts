import { invariants, type Invariant, type Ledger, type Row } from './ledger';
import { crashPoints, wordsOf } from './points';

/** What a run came to, as lines to be printed. */
export function tableOf({ rows, violations }: Ledger): string[] {
  const lines = crashPoints.flatMap((point) => {
    const row = rows.get(point);
    return row === undefined ? [] : [[wordsOf(point), ...cellsOf(row)]];
  });
  const violated = (invariant: Invariant) => violations.filter((each) => each.invariant === invariant).length;
  const ids = Object.keys(invariants) as Invariant[];
  return [
    ...aligned([header, ...lines]),
    '',
    ...ids.map((id) => `${violated(id) === 0 ? 'never' : `${violated(id)} times`}: ${invariants[id]}`),
    ...violations.map(({ invariant, title, what }) => `${title}: ${invariants[invariant]}: ${what}`),
  ];
}

const header = ['killed', 'rounds', 'intents', 'requests', 'afresh', 'duplicate', 'unknown', 'later', 'the store held'];

function cellsOf({ rounds, intents, requests, outcomes, found }: Row): string[] {
  const held = Object.entries(found).map(([state, count]) => `${state} ${count}`);
  const numbers = [rounds, intents, requests, outcomes.afresh, outcomes.duplicate, outcomes.unknown, outcomes.later];
  return [...numbers.map(String), held.join(', ')];
}

/** Words to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
