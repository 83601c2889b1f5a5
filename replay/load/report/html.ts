import { type Measure, measures } from '../../player/model';
import type { Figures } from '../histogram';
import { chart } from './chart';
import { escaped } from './escaped';
import { style } from './style';
import type { Summary } from './summary';
import {
  figureNames,
  figureText,
  figureTitles,
  generatorText,
  measureNames,
  msText,
  planText,
  sessionsText,
  warningsOf,
} from './words';

/** A run as one page that needs nothing else. */
export function htmlReport(summary: Summary): string {
  const { target, recordings, plan, seconds, speed } = summary;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Load on ${escaped(target)}</title><style>${style}</style></head>
<body><main>
<h1>Load on ${escaped(target)}</h1>
<p>${escaped(recordings.join(', '))}: ${escaped(planText(plan))}${speed === 1 ? '' : `, ${speed} times as fast`}; ${seconds.toFixed(1)} s in all.</p>
${warningsOf(summary)
  .map((warning) => `<p class="warning">${escaped(warning)}</p>`)
  .join('\n')}
<p>Sessions: ${escaped(sessionsText(summary))}. Generator: ${escaped(generatorText(summary))}.</p>
${timesTable(summary)}
${counted('Errors', summary.errors)}
${counted('Different from the recording', summary.differences)}
${overTime(summary)}
${spread(summary)}
</main></body></html>
`;
}

function timesTable({ measures: figures }: Summary): string {
  const rows = measures.flatMap((measure) => {
    const of = figures[measure];
    if (of === undefined) return [];
    const cells = figureNames.map((name) => `<td>${figureText(of, name)}</td>`).join('');
    return [`<tr><th scope="row">${escaped(measureNames[measure])}</th>${cells}</tr>`];
  });
  const head = figureNames.map((name) => `<th scope="col">${figureTitles[name]}</th>`).join('');
  return `<table><thead><tr><th scope="col">milliseconds</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function counted(title: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).map(
    ([name, count]) => `<tr><th scope="row">${escaped(name)}</th><td>${count}</td></tr>`,
  );
  return rows.length === 0 ? '' : `<h2>${escaped(title)}</h2><table><tbody>${rows.join('')}</tbody></table>`;
}

function overTime({ timeline }: Summary): string {
  const at = (value: (point: Summary['timeline'][number]) => number | undefined) =>
    timeline.flatMap((point) => {
      const y = value(point);
      return y === undefined ? [] : [[point.second, y] as const];
    });
  const p99 = (measure: Measure) => at((point) => point.p99[measure]);
  const axis = { xTitle: 'seconds since the start', xTick: (x: number) => x.toFixed(0) };
  return [
    chart(
      [
        { name: 'held', colour: '--first', points: at(({ held }) => held) },
        { name: 'failed or refused in that second', colour: '--bad', points: at(({ failed }) => failed) },
      ],
      { title: 'Sessions', yTick: (y) => String(Number(y.toFixed(2))), ...axis },
    ),
    chart(
      [
        { name: measureNames.first_audio, colour: '--first', points: p99('first_audio') },
        { name: measureNames.round_trip, colour: '--second', points: p99('round_trip') },
        { name: measureNames.ping, colour: '--third', points: p99('ping') },
      ],
      { title: 'What the server took, 99th percentile of each second', yTick: (y) => `${msText(y)} ms`, ...axis },
    ),
    chart([{ name: measureNames.lateness, colour: '--second', points: p99('lateness') }], {
      title: 'How late the generator was, 99th percentile of each second',
      yTick: (y) => `${msText(y)} ms`,
      ...axis,
    }),
  ].join('\n');
}

/** Percentiles, drawn so that each further nine takes as much room as the one before. */
function spread({ measures: figures }: Summary): string {
  const shown = [
    ['connect', '--third'],
    ['first_audio', '--first'],
    ['round_trip', '--second'],
  ] as const;
  const series = shown.flatMap(([measure, colour]) => {
    const of = figures[measure];
    return of === undefined ? [] : [{ name: measureNames[measure], colour, points: quantiles(of) }];
  });
  return chart(series, {
    title: 'How times are spread',
    xTitle: 'percentile',
    xTicks: [0.5, 0.9, 0.99, 0.999].map(nines),
    xTick: (x) => `${Number((100 * (1 - 10 ** -x)).toFixed(1))} %`,
    yTick: (y) => `${msText(y)} ms`,
  });
}

const quantiles = ({ p50, p90, p99, p999 }: Figures) =>
  (
    [
      [0.5, p50],
      [0.9, p90],
      [0.99, p99],
      [0.999, p999],
    ] as const
  ).map(([quantile, ms]) => [nines(quantile), ms] as const);

const nines = (quantile: number) => -Math.log10(1 - quantile);
