import { type Figure, type Measure, median } from '../measure';
import { holds } from './table';

/** What one measure found. */
export interface Finding {
  readonly measure: Pick<Measure, 'name' | 'title'>;
  readonly figures: readonly Figure[];
}

/** The same as the tables, for programs: every value of every round. */
export function json(about: object, findings: readonly Finding[]): string {
  const measures = findings.map(({ measure: { name, title }, figures }) => ({
    name,
    title,
    figures: figures.map((figure) => ({ ...figure, median: median(figure.values), holds: holds(figure) })),
  }));
  return `${JSON.stringify({ ...about, measures }, null, 2)}\n`;
}
