import { measures } from '../../player/model';
import type { Summary } from './summary';
import {
  figureNames,
  figureText,
  figureTitles,
  generatorText,
  measureNames,
  planText,
  sessionsText,
  warningsOf,
} from './words';

/** A run as lines of text. */
export function table(summary: Summary): string {
  return [
    `${summary.recordings.join(', ')} to ${summary.target}`,
    `${planText(summary.plan)}${summary.speed === 1 ? '' : `, ${summary.speed} times as fast`}; ${summary.seconds.toFixed(1)} s in all`,
    '',
    ...aligned(timeRows(summary)),
    '',
    `Sessions   ${sessionsText(summary)}`,
    ...counted('Errors', summary.errors),
    ...counted('Differs', summary.differences),
    `Generator  ${generatorText(summary)}`,
    ...warningsOf(summary).map((warning) => `Note       ${warning}`),
  ].join('\n');
}

function timeRows({ measures: figures }: Summary): string[][] {
  const head = ['milliseconds', ...figureNames.map((name) => figureTitles[name])];
  const rows = measures.flatMap((measure) => {
    const of = figures[measure];
    return of === undefined ? [] : [[measureNames[measure], ...figureNames.map((name) => figureText(of, name))]];
  });
  return [head, ...rows];
}

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(width(0)) : cell.padStart(width(column) + 2))).join(''),
  );
}

function counted(title: string, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(
    ([name, count], index) => `${(index === 0 ? title : '').padEnd(11)}${count} × ${name}`,
  );
}
