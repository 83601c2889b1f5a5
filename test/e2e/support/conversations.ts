import { createHash } from 'node:crypto';
import { type Scenario } from '../../../simulator';
import { recording } from './recording';

/** What the model books in these conversations. */
export const booked = {
  title: 'Product demo',
  start_time: '2024-12-20T10:00:00Z',
  end_time: '2024-12-20T10:30:00Z',
  attendee_email: 'user@example.com',
};

/** The id of an appointment whose times are in UTC, reckoned here once more from what it is made of. */
export const appointmentId = ({
  title,
  start_time: start,
  end_time: end,
  attendee_email: email,
}: typeof booked): string =>
  createHash('sha256').update(`${title}|${start}|${end}|${email}`).digest('hex').slice(0, 16);

export const preamble = 'One moment, I will book that for you.';
export const confirmation = 'Done. Appointment created and confirmation email sent to user@example.com.';

/** A caller books in speech; the model says what it is about to do, calls its tool and reports. */
export const bookingAloud = {
  name: 'booking aloud',
  heard: [recording.words],
  turns: [
    { when: { tool: 'create_appointment' }, steps: [{ say_tool_output: true }] },
    {
      when: { user: recording.words },
      steps: [{ say: preamble }, { call: { name: 'create_appointment', arguments: booked } }],
    },
  ],
} satisfies Scenario;

export const longStory = 'Well, this is a long story, and it begins on a quiet evening many years ago in a small town.';
export const apology = 'Of course, I am listening.';

/** The model tells a story on and on, until it is interrupted. */
export const interruptedStory = {
  name: 'interrupted story',
  heard: ['Tell me a story.', 'Wait, please.'],
  turns: [
    { when: { user: 'story' }, steps: [{ say: longStory, cut_off: { after: 12, by: 'interruption' } }] },
    { when: { user: 'wait' }, steps: [{ say: apology }] },
  ],
} satisfies Scenario;
