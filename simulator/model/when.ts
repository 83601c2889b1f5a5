import { DAY_MS, dayOf, MONTH_PATTERN, monthOf } from './local-time';

/** What a sentence says about time; each part may come from another sentence. */
export interface When {
  /** Midnight of the day, naively (see `LocalTime`). */
  readonly dayMs?: number;
  readonly startMinutes?: number;
  readonly endMinutes?: number;
  readonly durationMinutes?: number;
  /** The offset an ISO time brought along; otherwise the caller's holds. */
  readonly offsetMinutes?: number;
}

/**
 * Finds days, times of day and durations in a sentence: "tomorrow at 3pm", "20 December 2024 at 10:00 for 30 minutes",
 * "next Monday from 9 to 10", "2024-12-20T10:00:00+02:00".
 * @param nowMs the caller's present, naively.
 */
export function readWhen(sentence: string, nowMs: number): When {
  const text = spokenNumbers(sentence.toLowerCase());
  const iso = readIso(text);
  const day = iso.dayMs ?? readDay(text, nowMs);
  const rest = withoutDates(text);
  const duration = readDuration(rest);
  const times = iso.startMinutes === undefined ? readTimes(rest) : {};
  return {
    ...iso,
    ...times,
    ...(day === undefined ? {} : { dayMs: day }),
    ...(duration === undefined ? {} : { durationMinutes: duration }),
  };
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const NUMBERS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

const ISO = /\b(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(z|[+-]\d{2}:\d{2})?)?/g;
const DAY_FIRST = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH_PATTERN}\\b(?:,? (\\d{4}))?`, 'i');
const MONTH_FIRST = new RegExp(`\\b${MONTH_PATTERN} (\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (\\d{4}))?`, 'i');
const TIME = "(\\d{1,2})(?::(\\d{2}))?\\s*(am|pm|a\\.m\\.|p\\.m\\.|o'clock)?";

/** "three pm", "at three", "two hours": the words of numbers where a number is meant. */
function spokenNumbers(text: string): string {
  const word = NUMBERS.join('|');
  return text
    .replace(
      new RegExp(`\\b(${word})(?=\\s*(?:am|pm|a\\.m|p\\.m|o'clock|minutes?|hours?|thirty|fifteen))`, 'g'),
      toDigits,
    )
    .replace(new RegExp(`(?<=\\b(?:at|from|to|until|till|past) )(${word})\\b`, 'g'), toDigits)
    .replace(/\bthirty(?= minutes?\b)/g, '30')
    .replace(/\bfifteen(?= minutes?\b)/g, '15')
    .replace(/\b(\d{1,2}) thirty\b/g, '$1:30')
    .replace(/\b(\d{1,2}) fifteen\b/g, '$1:15')
    .replace(/\bhalf past (\d{1,2})\b/g, '$1:30')
    .replace(/\bquarter past (\d{1,2})\b/g, '$1:15')
    .replace(/\bnoon\b/g, '12:00 pm');
}

function toDigits(word: string): string {
  return String(NUMBERS.indexOf(word));
}

function readIso(text: string): When {
  const [start, end] = [...text.matchAll(ISO)];
  if (start === undefined) return {};
  const dayMs = dayOf(Number(start[1]), Number(start[2]), Number(start[3]));
  if (dayMs === undefined) return {};
  const startMinutes = minutesOf(start);
  const endMinutes = end === undefined ? undefined : minutesOf(end);
  const offset = offsetOf(start[6]);
  return {
    dayMs,
    ...(startMinutes === undefined ? {} : { startMinutes }),
    ...(endMinutes === undefined ? {} : { endMinutes }),
    ...(offset === undefined ? {} : { offsetMinutes: offset }),
  };
}

function minutesOf(match: RegExpExecArray): number | undefined {
  return match[4] === undefined ? undefined : Number(match[4]) * 60 + Number(match[5]);
}

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6));
  return text.startsWith('-') ? -minutes : minutes;
}

function readDay(text: string, nowMs: number): number | undefined {
  const today = nowMs - (((nowMs % DAY_MS) + DAY_MS) % DAY_MS);
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) return calendarDay(dayFirst[1], dayFirst[2], dayFirst[3], today);
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) return calendarDay(monthFirst[2], monthFirst[1], monthFirst[3], today);
  if (/\bday after tomorrow\b/.test(text)) return today + 2 * DAY_MS;
  if (/\btomorrow\b/.test(text)) return today + DAY_MS;
  if (/\b(today|tonight|this (afternoon|evening))\b/.test(text)) return today;
  const weekday = WEEKDAYS.findIndex((name) => new RegExp(`\\b${name}\\b`).test(text));
  if (weekday < 0) return undefined;
  const ahead = (weekday - new Date(today).getUTCDay() + 7) % 7;
  return today + (ahead === 0 ? 7 : ahead) * DAY_MS;
}

/** A day without a year is the next one there is. */
function calendarDay(day = '', month = '', year: string | undefined, today: number): number | undefined {
  const number = monthOf(month) ?? 0;
  if (year !== undefined) return dayOf(Number(year), number, Number(day));
  const thisYear = new Date(today).getUTCFullYear();
  const candidate = dayOf(thisYear, number, Number(day));
  return candidate !== undefined && candidate < today ? dayOf(thisYear + 1, number, Number(day)) : candidate;
}

function withoutDates(text: string): string {
  return text.replace(ISO, ' ').replace(DAY_FIRST, ' ').replace(MONTH_FIRST, ' ');
}

function readDuration(text: string): number | undefined {
  if (/\b(an|one|1) hour and a half\b/.test(text)) return 90;
  if (/\bhalf an hour\b|\bhalf hour\b/.test(text)) return 30;
  if (/\ban hour\b/.test(text)) return 60;
  const match = /\b(\d{1,3})[\s-]*(minutes?|mins?|hours?|hrs?)\b/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (match[2]?.startsWith('h') === true ? 60 : 1);
}

function readTimes(text: string): When {
  const range = new RegExp(`${TIME}\\s*(?:to|until|till|-|–)\\s*${TIME}`).exec(text);
  const single = new RegExp(`\\b${TIME}(?!\\s*(?:min|hour|hr|%|\\d))`, 'g')[Symbol.matchAll](text);
  if (range !== null) {
    const end = clockMinutes(range[4], range[5], range[6]);
    const start = clockMinutes(range[1], range[2], range[3] ?? range[6]);
    if (start !== undefined && end !== undefined) return { startMinutes: start, endMinutes: end };
  }
  for (const match of single) {
    const before = text.slice(0, match.index);
    // A bare number is a time only after "at", "from" or "around".
    if (match[2] === undefined && match[3] === undefined && !/\b(at|from|around)\s*$/.test(before)) continue;
    const minutes = clockMinutes(match[1], match[2], match[3]);
    if (minutes !== undefined) return { startMinutes: minutes };
  }
  return {};
}

/** Without "am" or "pm", one to six is the afternoon unless written with a zero: nobody books for three in the night. */
function clockMinutes(hour = '', minute = '0', half: string | undefined): number | undefined {
  const value = Number(hour);
  if (value > 24 || Number(minute) > 59) return undefined;
  const isPm = half?.startsWith('p') ?? false;
  const isAm = half?.startsWith('a') ?? false;
  const afternoon = isPm || (!isAm && !hour.startsWith('0') && value >= 1 && value <= 6);
  const hours = isAm && value === 12 ? 0 : afternoon && value < 12 ? value + 12 : value;
  return hours * 60 + Number(minute);
}
