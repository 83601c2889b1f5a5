import { formatLocal, type LocalTime, MINUTE_MS, MONTH_PATTERN } from './local-time';
import { readWhen, type When } from './when';

/** What the caller has said about the appointment so far. */
export interface BookingWishes extends When {
  readonly title?: string;
  readonly email?: string;
}

/** The arguments of `create_appointment`. */
export interface Appointment {
  title: string;
  start_time: string;
  end_time: string;
  attendee_email: string;
}

/** An appointment of unstated length. */
const DEFAULT_MINUTES = 30;

/** Everything one sentence says about an appointment. */
export function readWishes(sentence: string, now: LocalTime): BookingWishes {
  const email = readEmail(sentence);
  const rest = email === undefined ? sentence : sentence.replace(email.text, ' ');
  const title = readTitle(rest);
  return {
    ...readWhen(rest, now.naiveMs),
    ...(title === undefined ? {} : { title }),
    ...(email === undefined ? {} : { email: email.address }),
  };
}

/** The appointment, if all that it needs has been said; otherwise the questions still to be asked. */
export function bookingFrom(
  wishes: BookingWishes,
  now: LocalTime,
): { appointment: Appointment } | { questions: string[] } {
  const { title, email, dayMs, startMinutes } = wishes;
  const questions: string[] = [];
  if (title === undefined) questions.push('what it is about');
  if (dayMs === undefined) questions.push('on which day it should be');
  if (startMinutes === undefined) questions.push('at what time it should start');
  if (email === undefined) questions.push('which e-mail address the confirmation should go to');
  if (title === undefined || dayMs === undefined || startMinutes === undefined || email === undefined)
    return { questions };
  const offsetMinutes = wishes.offsetMinutes ?? now.offsetMinutes;
  const startMs = dayMs + startMinutes * MINUTE_MS;
  const endMs =
    wishes.endMinutes !== undefined && wishes.endMinutes > startMinutes
      ? dayMs + wishes.endMinutes * MINUTE_MS
      : startMs + (wishes.durationMinutes ?? DEFAULT_MINUTES) * MINUTE_MS;
  return {
    appointment: {
      title,
      start_time: formatLocal({ naiveMs: startMs, offsetMinutes }),
      end_time: formatLocal({ naiveMs: endMs, offsetMinutes }),
      attendee_email: email,
    },
  };
}

/**
 * What a sentence begins with that answers the question what the appointment is about: "A haircut, tomorrow at ten".
 * Undefined where it begins with something else.
 */
export function leadingTitle(sentence: string): string | undefined {
  const first = sentence
    .slice(0, TITLE_END.exec(sentence)?.index)
    .replace(/^\s*(?:(?:yes|well|ok|okay)\s+)?(?:(?:it is|it’s|it's)\s+)?(?:(?:for|about)\s+)?/i, '');
  const title = first.replace(ARTICLE, '').trim();
  const isWords = /^\p{L}[\p{L}\p{M}' ’&-]*$/u.test(title) && title.split(/\s+/).length <= 5;
  return isWords && !GENERIC.test(title) && !NO_TITLE.test(title) ? capitalised(title) : undefined;
}

function readEmail(sentence: string): { text: string; address: string } | undefined {
  const written = /[^\s@<>,;:"']+@[^\s@<>,;:"']+\.[a-z]{2,}/i.exec(sentence)?.[0];
  if (written !== undefined) return { text: written, address: written };
  const spoken = /\b([\w.+-]+) at ([\w-]+(?: dot [\w-]+)+)/i.exec(sentence);
  if (spoken === null) return undefined;
  return {
    text: spoken[0],
    address: `${spoken[1] ?? ''}@${(spoken[2] ?? '').replaceAll(/ dot /gi, '.')}`.toLowerCase(),
  };
}

/** Where a title ends: at the next thing that is said about the appointment. */
const TITLE_END = new RegExp(
  String.raw`\s+(?:on|at|from|tomorrow|today|tonight|next|this|the day after|please)\b` +
    String.raw`|\s+for (?:the )?(?:\d|half|an hour|one hour|\w+day\b|today|tomorrow|${MONTH_PATTERN}\b)` +
    String.raw`|\s+(?:with (?:the )?e-?mail|and (?:my|the|send)|my e-?mail)\b` +
    String.raw`|[.,;!?\n]|\s*\d{4}-|$`,
  'i',
);

const TITLE_STARTS = [
  /["“]([^"”]+)["”]/,
  /\b(?:titled|called|named|(?:the )?(?:title|subject)(?: is|:)?)\s+(.+)/i,
  /\babout\s+(.+)/i,
  /\b(?:appointment|meeting|call|slot|time) for (?=a |an |my |the )(.+)/i,
  /\b(?:book|schedule|arrange|set up|make|create|need|like|want)\s+(?:me |us )?(?=a |an |my |the )(.+)/i,
];

const ARTICLE = /^(?:a|an|my|the|our)\s+/i;

/** How an answer begins that says when, who or nothing at all, and not what. */
const NO_TITLE =
  /^(?:i|i['’]m|we|you|it|my|is|at|on|in|tomorrow|today|tonight|next|this|day|noon|morning|(?:mon|tues|wednes|thurs|fri|satur|sun)day|e-?mail|yes|no|hello|hi|please|book|schedule|what|when|why|how)\b/i;

/** Words that say that there is an appointment, not what it is about. */
const GENERIC = /^(?:new )?(?:appointment|meeting|call|slot|booking|time|it|something|that|one|person|human)s?$/i;

function readTitle(sentence: string): string | undefined {
  for (const start of TITLE_STARTS) {
    const found = start.exec(sentence)?.[1];
    if (found === undefined) continue;
    const title = found.slice(0, TITLE_END.exec(found)?.index).replace(ARTICLE, '').trim();
    if (title !== '' && !GENERIC.test(title) && !/^(?:to|that|half|hour)\b/i.test(title)) return capitalised(title);
  }
  return undefined;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
