import { type Scenario } from '../../simulator';
import { type Sound, soundOfWords } from '../../simulator/carriers';

/** What the caller says, as upstream understands it; which appointment is meant stands behind `book`. */
export const words = {
  chat: 'How are things going?',
  story: 'Tell me a story.',
  wait: 'Wait, please, that is enough.',
  book: 'Please book appointment',
  person: 'I would like to talk to a person.',
} as const;

/** As many appointments as are booked. */
export const bookings = 3;

const longStory = 'Well, this is a long story, and it begins on a quiet evening many years ago in a small town.';

/** The model chats, tells stories, books, and hands over. */
export const scenario = {
  name: 'a long call',
  turns: [
    { when: { response: 1 }, steps: [{ say: 'Hello, how can I help?' }] },
    { when: { tool: 'create_appointment' }, steps: [{ say: 'Done.' }] },
    { when: { tool: 'escalate_call' }, steps: [{ say_tool_output: true }] },
    { when: { user: words.chat }, steps: [{ say: 'Very well, thank you, and I hope the same is true of you.' }] },
    { when: { user: words.story }, steps: [{ say: longStory }] },
    { when: { user: words.wait }, steps: [{ say: 'Of course, I am listening.' }] },
    ...Array.from({ length: bookings }, (_, n) => ({
      when: { user: bookingWords(n) },
      steps: [{ say: 'One moment.' }, { call: { name: 'create_appointment', arguments: appointment(n) } }],
    })),
    {
      when: { user: words.person },
      steps: [{ say: 'Of course.' }, { call: { name: 'escalate_call', arguments: {} } }],
    },
  ],
} satisfies Scenario;

/** The caller wants the n-th appointment. */
export function bookingWords(n: number): string {
  return `${words.book} ${n}`;
}

/** Sound at the telephone's rate already: to find it would hold up everybody in this process. */
export const voice: Sound = atTelephoneRate(soundOfWords('These are a few words.'));

function atTelephoneRate({ samples, sampleRate }: Sound): Sound {
  return { samples: samples.filter((_sample, index) => index % 3 === 0), sampleRate: sampleRate / 3 };
}

function appointment(n: number) {
  return {
    title: `Visit ${n}`,
    start_time: `2030-01-0${n + 1}T10:00:00Z`,
    end_time: `2030-01-0${n + 1}T10:30:00Z`,
    attendee_email: `guest${n}@example.com`,
  };
}
