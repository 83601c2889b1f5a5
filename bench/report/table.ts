import { type Figure, median } from '../measure';

/** What one measure found, as lines of text. */
export function table(title: string, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [figure.name, middle(figure), spread(figure), verdict(figure)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = '', value = '', range = '', end = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${range.padEnd(widths[2] ?? 0)}  ${end}`.trimEnd(),
  );
  return [title, ...lines].join('\n');
}

/** Whether a figure keeps what it was asked to; undefined where nothing was asked. */
export function holds({ values, atMost, atLeast }: Figure): boolean | undefined {
  if (atMost === undefined && atLeast === undefined) return undefined;
  return median(values) <= (atMost ?? Infinity) && median(values) >= (atLeast ?? -Infinity);
}

function middle({ values, unit }: Figure): string {
  return `${digits(median(values))} ${unit}`;
}

function spread({ values }: Figure): string {
  return values.length < 2 ? '' : `(${digits(Math.min(...values))} to ${digits(Math.max(...values))})`;
}

function verdict(figure: Figure): string {
  const { atMost, atLeast } = figure;
  const asked = [
    atMost !== undefined && `at most ${digits(atMost)}`,
    atLeast !== undefined && `at least ${digits(atLeast)}`,
  ];
  const targets = asked.filter((target) => target !== false).join(', ');
  return targets && `${targets}: ${holds(figure) === true ? 'holds' : 'MISSED'}`;
}

/** Three digits that mean something. */
function digits(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
