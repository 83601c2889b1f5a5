/**
 * A wall-clock moment: milliseconds as if the local time were UTC, so that days and hours can be added without a time
 * zone, and the zone's offset for saying it aloud.
 */
export interface LocalTime {
  readonly naiveMs: number;
  readonly offsetMinutes: number;
}

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/**
 * What time it is for the caller, as the instructions tell it: the first line that has a date, a time and an offset in any
 * usual form. Without such a line it is UTC.
 */
export function localNow(instructions: string, now: Date): LocalTime {
  for (const line of instructions.split('\n')) {
    const date = dayIn(line);
    const time = /\b(\d{1,2}):(\d{2})(?::\d{2})?/.exec(line);
    const offset = offsetIn(line);
    if (date === undefined || time === null || offset === undefined) continue;
    return { naiveMs: date + (Number(time[1]) * 60 + Number(time[2])) * MINUTE_MS, offsetMinutes: offset };
  }
  return { naiveMs: now.getTime(), offsetMinutes: 0 };
}

/** RFC 3339 with seconds and offset: `2024-12-20T10:00:00+02:00`, or `Z`. */
export function formatLocal({ naiveMs, offsetMinutes }: LocalTime): string {
  return `${new Date(naiveMs).toISOString().slice(0, 19)}${formatOffset(offsetMinutes)}`;
}

/** The midnight of a date, naively; `undefined` for a day that does not exist. */
export function dayOf(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  return new Date(ms).getUTCMonth() === month - 1 ? ms : undefined;
}

/** The number of a month by its English name or the first three letters of it. */
export function monthOf(name: string): number | undefined {
  const at = MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  return at < 0 ? undefined : at + 1;
}

export const MONTH_PATTERN =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function dayIn(line: string): number | undefined {
  const iso = /\b(\d{4})-(\d{2})-(\d{2})/.exec(line);
  if (iso !== null) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH_PATTERN},? (\\d{4})`, 'i').exec(line);
  if (dayFirst !== null) return dayOf(Number(dayFirst[3]), monthOf(dayFirst[2] ?? '') ?? 0, Number(dayFirst[1]));
  const monthFirst = new RegExp(`\\b${MONTH_PATTERN} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})`, 'i').exec(line);
  if (monthFirst === null) return undefined;
  return dayOf(Number(monthFirst[3]), monthOf(monthFirst[1] ?? '') ?? 0, Number(monthFirst[2]));
}

function offsetIn(line: string): number | undefined {
  const signed = /(?:UTC|GMT|\d{2}|\s|\()([+\-−])(\d{2}):?(\d{2})\b/.exec(line);
  if (signed !== null) {
    const minutes = Number(signed[2]) * 60 + Number(signed[3]);
    return signed[1] === '+' ? minutes : -minutes;
  }
  return /\b(UTC|GMT)\b|\d{2}Z\b/.test(line) ? 0 : undefined;
}

function formatOffset(minutes: number): string {
  if (minutes === 0) return 'Z';
  const absolute = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}
