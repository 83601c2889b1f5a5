import { localTime, nextOffsetChange } from './local-time';

/** What instructions depend on. */
export interface InstructionsFor {
  /** The org's own words; they replace the default ones. */
  readonly own: string | undefined;
  /** Names of the tools the model may call. */
  readonly tools: readonly string[];
  readonly timeZone: string;
  /** When the session starts. */
  readonly now: Date;
}

/**
 * The instructions of a session: the org's own or the default ones, and in any case what time it is where the org is,
 * without which a model cannot say when "tomorrow at three" is.
 */
export function instructionsFor({ own, tools, timeZone, now }: InstructionsFor): string {
  return [own ?? defaultInstructions(tools), timeLine(now, timeZone)].join('\n\n');
}

/** How to behave, and how to use each tool that is there. */
function defaultInstructions(tools: readonly string[]): string {
  const guides = tools.flatMap((name) => toolGuides[name] ?? []);
  const withTools =
    tools.length === 0
      ? []
      : ['', 'Tools:', ...guides.map((guide) => `- ${guide}`), ...toolManners.map((rule) => `- ${rule}`)];
  return [...manners, ...withTools].join('\n');
}

const manners = [
  'You are a friendly assistant on a voice call. Answer briefly and in the language the user speaks.',
  'Ask for one thing at a time. Repeat names, addresses and times before you rely on them.',
];

const toolManners = [
  'Never invent an argument. If something is missing or unclear, ask.',
  'Say in a few words what you are about to do before you call a tool, and tell the user truthfully how it ended.',
  'If a tool fails, follow the advice in its answer. Call it again only where the answer says so.',
];

const toolGuides: Readonly<Record<string, string>> = {
  create_appointment:
    'create_appointment books an appointment. You need a title, when it starts and ends, and the e-mail address of the attendee. ' +
    'Spell the address back and have it confirmed first. Give times as YYYY-MM-DDThh:mm:ss±hh:mm, with the offset that holds on that day.',
  escalate_call:
    'escalate_call hands the call to a human. Use it when the user asks for one or when you cannot help, with the reason.',
  complete_intake:
    'complete_intake closes the intake. Use it once everything needed has been said, with a short summary.',
  end_call: 'end_call ends the call. Use it when the user says goodbye, and say goodbye yourself.',
};

function timeLine(now: Date, timeZone: string): string {
  const { text, offset } = localTime(now, timeZone);
  const change = nextOffsetChange(now, timeZone);
  const later = change ? `; from ${change.text} it is UTC${change.offset}` : '';
  return `The call began on ${text} in the time zone ${timeZone}, where the offset is UTC${offset}${later}.`;
}
