import type { Entry } from '../conversation';
import { describeOutputs } from './answers';
import { type BookingWishes, bookingFrom, leadingTitle, readWishes } from './booking';
import { localNow, type LocalTime } from './local-time';
import { type Model, newOutputs, type Plan, type TurnContext, userWords, wordsOf } from './model';
import type { PlanStep } from '../scenario/schema';

const INVITATION = 'I can book an appointment for you.';
const GREETING = `Hello. ${INVITATION} Tell me what it is about, when it should be, and your e-mail address.`;

/** What the assistant asks for when the title is all that is missing; the answer is then the title, however it is put. */
const TITLE_QUESTION = 'what it is about';

/**
 * A small model without memory or learning: rules over the words of the conversation, good enough to book an appointment
 * from typed text. It asks for what is missing, calls the tools it is given, and says what they answered.
 */
export const ruleModel: Model = {
  respond(context: TurnContext): Plan {
    return { steps: decide(context), order: 'interleaved' };
  },
};

function decide(context: TurnContext): PlanStep[] {
  const outputs = newOutputs(context.entries);
  if (outputs.some(({ tool }) => tool === 'end_call')) return [{ say: 'Thank you for calling. Goodbye.' }];
  if (outputs.length > 0) return [{ say: describeOutputs(outputs) }];
  const said = userWords(context.entries);
  const last = said.at(-1);
  if (last === undefined) return [{ say: GREETING }];
  const now = localNow(context.instructions, context.now);
  switch (intentOf(last)) {
    case 'goodbye':
      return callOrSay(context, 'end_call', { reason: 'The caller said goodbye.' }, 'Goodbye.');
    case 'person':
      return [
        { say: 'Of course, I will find someone for you.' },
        ...callOrSay(
          context,
          'escalate_call',
          { reason: 'The caller asked for a person.' },
          'Nobody is here just now.',
        ),
      ];
    case 'finished':
      return callOrSay(context, 'complete_intake', { summary: 'The caller has said everything.' }, 'Thank you, noted.');
    case 'thanks':
      return [{ say: 'You are welcome. Is there anything else I can do?' }];
    case 'other':
      return book(context, said, now);
  }
}

type Intent = 'goodbye' | 'person' | 'finished' | 'thanks' | 'other';

function intentOf(text: string): Intent {
  if (/\b(good\s?bye|bye|hang up|end the call)\b/i.test(text)) return 'goodbye';
  if (
    /\b(human|real person|(talk|speak) (to|with) (a |an |some)|agent|representative|operator|transfer me)/i.test(text)
  ) {
    return 'person';
  }
  if (
    /\b(that('s| is| was) (all|it|everything)|nothing else|done with (the )?intake|(finish|complete) (the |my )?intake)\b/i.test(
      text,
    )
  ) {
    return 'finished';
  }
  if (/^\s*(thanks|thank you)\b[^@\d]{0,40}$/i.test(text)) return 'thanks';
  return 'other';
}

const BOOKING = /\b(book|schedule|appointment|meeting|arrange|set up|reserve|demo)/i;

function book(context: TurnContext, said: readonly string[], now: LocalTime): PlanStep[] {
  const wishes = wishesPerTurn(context, now);
  const asksNow = BOOKING.test(said.at(-1) ?? '');
  const isUnderWay = said.some((text) => BOOKING.test(text)) || wasInvited(context);
  const goesOn = isUnderWay && Object.keys(wishes.at(-1) ?? {}).length > 0;
  if (!asksNow && !goesOn) return [{ say: GREETING }];
  const result = bookingFrom(
    wishes.reduce((earlier, later) => ({ ...earlier, ...later }), {}),
    now,
  );
  if ('questions' in result) return [{ say: `Gladly. Please tell me ${listed(result.questions)}.` }];
  return [
    { say: 'One moment, I will book that for you.' },
    ...callOrSay(context, 'create_appointment', { ...result.appointment }, 'I cannot book appointments here.'),
  ];
}

/** Whether the assistant has said what it can do: what comes after that is about an appointment. */
function wasInvited({ entries }: TurnContext): boolean {
  return entries.some((entry) => isByAssistant(entry) && wordsOf(entry)?.includes(INVITATION) === true);
}

const isByAssistant = ({ item }: Entry) => item.type === 'message' && item.role === 'assistant';

/** What each turn of the user said, where the title was asked for and where not. */
function wishesPerTurn({ entries }: TurnContext, now: LocalTime): BookingWishes[] {
  let askedForTitle = false;
  const wishes: BookingWishes[] = [];
  for (const entry of entries) {
    const words = wordsOf(entry);
    if (words === undefined || entry.item.type !== 'message') continue;
    if (entry.item.role === 'assistant') askedForTitle = words.includes(TITLE_QUESTION);
    if (entry.item.role !== 'user') continue;
    const understood = readWishes(words, now);
    wishes.push(askedForTitle ? { ...titleIn(words, understood), ...understood } : understood);
  }
  return wishes;
}

/** The answer to the question for a title: how it begins, or all of it if nothing else was understood. */
function titleIn(words: string, understood: BookingWishes): BookingWishes {
  const title = Object.keys(understood).length === 0 ? words.replace(/[.!]+$/, '') : leadingTitle(words);
  return title === undefined ? {} : { title };
}

function callOrSay(context: TurnContext, name: string, args: Record<string, string>, otherwise: string): PlanStep[] {
  const known = context.tools.some((tool) => tool.name === name) && context.toolChoice !== 'none';
  return known ? [{ call: { name, arguments: args, quirks: [] } }] : [{ say: otherwise }];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
