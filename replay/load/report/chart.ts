import { escaped } from './escaped';

/** A line of a chart; `colour` is a custom property of the page's style, such as `--first`. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartOptions {
  readonly title: string;
  /** What stands below the horizontal axis. */
  readonly xTitle: string;
  readonly xTick: (x: number) => string;
  readonly yTick: (y: number) => string;
  /** Where the ticks of the horizontal axis stand; by default at whole numbers. */
  readonly xTicks?: readonly number[];
}

const [width, height] = [720, 240];
const margin = { left: 56, right: 28, top: 12, bottom: 40 };

/** The most points a line is drawn of: more cannot be told apart. */
const maxPoints = 600;

/** Lines over a common axis, as SVG that takes its colours from the page. Empty where there is nothing to draw. */
export function chart(series: readonly Series[], { title, xTitle, xTick, yTick, xTicks }: ChartOptions): string {
  const drawn = series.filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const [left, right] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const top = niceAbove(Math.max(...all.map(([, y]) => y)));
  const x = (value: number) =>
    margin.left + ((value - left) / (right - left || 1)) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
  const yLines = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);
  const marks = xTicks ?? wholeTicks(left, right);
  return `<figure><figcaption>${escaped(title)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
${yLines.map((value) => `<path class="grid" d="M${margin.left} ${y(value).toFixed(1)}H${width - margin.right}"/><text x="${margin.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${escaped(yTick(value))}</text>`).join('\n')}
${marks.map((value) => `<text x="${x(value).toFixed(1)}" y="${height - margin.bottom + 18}" text-anchor="middle">${escaped(xTick(value))}</text>`).join('\n')}
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 4}" text-anchor="middle">${escaped(xTitle)}</text>
${drawn
  .map(
    ({ colour, points }) =>
      `<polyline style="stroke:var(${colour})" points="${thinned(points)
        .map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`)
        .join(' ')}"/>`,
  )
  .join('\n')}
</svg>
<ul class="legend">${drawn.map(({ name, colour }) => `<li><i style="background:var(${colour})"></i>${escaped(name)}</li>`).join('')}</ul></figure>`;
}

/** Whole numbers at even distances, about five of them. */
function wholeTicks(left: number, right: number): number[] {
  const step = Math.max(1, niceAbove((right - left) / 5));
  const first = Math.ceil(left / step) * step;
  return Array.from({ length: Math.floor((right - first) / step) + 1 }, (_, index) => first + index * step);
}

/** The least of 1, 2 and 5 times a power of ten that is not below a value. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

/** Of neighbours that fall together the highest one stays: a peak is what one looks for. */
function thinned(points: Series['points']): Series['points'] {
  const together = Math.ceil(points.length / maxPoints);
  if (together === 1) return points;
  return Array.from({ length: Math.ceil(points.length / together) }, (_, index) =>
    points.slice(index * together, (index + 1) * together).reduce((high, point) => (point[1] > high[1] ? point : high)),
  );
}
