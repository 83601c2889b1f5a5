/** A moment as people in one time zone see it. */
export interface LocalTime {
  /** `Friday, 20 December 2024, 15:04` */
  readonly text: string;
  /** `+01:00` */
  readonly offset: string;
}

/** The moment in a time zone, daylight saving included. */
export function localTime(moment: Date, timeZone: string): LocalTime {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    text: `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')}, ${part('hour')}:${part('minute')}`,
    offset: offsetIn(part('timeZoneName')),
  };
}

/**
 * The next change of the clocks within half a year: the local date and the offset from then on; undefined where there is
 * none. Told to the model, or appointments after it would be an hour off.
 */
export function nextOffsetChange(
  moment: Date,
  timeZone: string,
): { readonly text: string; readonly offset: string } | undefined {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const offsetAt = (atMs: number) =>
    offsetIn(format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '');
  const startMs = moment.getTime();
  const now = offsetAt(startMs);
  for (let day = 1; day <= daysAhead; day += 1) {
    let afterMs = startMs + day * dayMs;
    if (offsetAt(afterMs) === now) continue;
    let beforeMs = afterMs - dayMs;
    while (afterMs - beforeMs > minuteMs) {
      const middleMs = (beforeMs + afterMs) / 2;
      if (offsetAt(middleMs) === now) beforeMs = middleMs;
      else afterMs = middleMs;
    }
    return { text: dateText(afterMs, timeZone), offset: offsetAt(afterMs) };
  }
  return undefined;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const daysAhead = 183;

const formatFor = (timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });

const dateText = (atMs: number, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long', year: 'numeric' }).format(atMs);

/** `GMT+01:00` is `+01:00`, a bare `GMT` is `+00:00`. */
const offsetIn = (name: string) => /[+-]\d\d:\d\d/.exec(name.replace('−', '-'))?.[0] ?? '+00:00';
