/** A moment as RFC 3339 writes it, to be compared and brought to one form. */
export interface Instant {
  /** The moment in UTC to the second, `YYYY-MM-DDTHH:MM:SSZ`; a fraction is cut off. */
  readonly utc: string;
  /** Seconds since the epoch, with the fraction. */
  readonly epochSeconds: number;
}

/**
 * Reads a date and time with offset: RFC 3339, except that seconds may be missing too. The date must be in the
 * calendar. A leap second (`:60`) is refused: no calendar program can hold one. The year, in UTC too, is 0001 to 9999.
 *
 * Returns undefined for anything else.
 */
export function parseInstant(text: string): Instant | undefined {
  const groups = rfc3339.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const number = (name: string): number => Number(groups[name] ?? 0);

  const [year, month, day] = [number('year'), number('month'), number('day')];
  const [hour, minute, second] = [number('hour'), number('minute'), number('second')];
  const [offsetHours, offsetMinutes] = [number('offsetHours'), number('offsetMinutes')];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;

  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999; the setters take them as they are.
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const inCalendar = local.getUTCFullYear() === year && local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!inCalendar) return undefined;

  const direction = groups['sign'] === '-' ? -1 : 1;
  const utc = new Date(local.getTime() - direction * (offsetHours * 60 + offsetMinutes) * 60_000);
  if (year < 1 || utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return undefined;

  return {
    utc: `${utc.toISOString().slice(0, 19)}Z`,
    epochSeconds: utc.getTime() / 1000 + Number(`0${groups['fraction'] ?? ''}`),
  };
}

const rfc3339 = new RegExp(
  [
    '^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})',
    'T(?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?<fraction>\\.\\d+)?)?',
    '(?:Z|(?<sign>[+-])(?<offsetHours>\\d{2}):(?<offsetMinutes>\\d{2}))$',
  ].join(''),
  'i',
);
