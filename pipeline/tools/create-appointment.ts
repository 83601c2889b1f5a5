import { z } from 'zod';
import { type Instant, parseInstant } from '../instant';
import { normalText } from '../json';
import { defineTool, type ToolReply } from '../tool';

const dateTime = z
  .string({ error: 'must be text' })
  .refine((text) => parseInstant(text) !== undefined, {
    error: 'must be a real date and time with UTC offset, like 2024-12-20T15:00:00+01:00',
  })
  .meta({ format: 'date-time' });

/** The longest address and the longest part before the `@` that mail servers take (RFC 5321, section 4.5.3.1). */
const maxAddressCharacters = 254;
const maxLocalPartCharacters = 64;

const emailAddress = z
  .string({ error: 'must be text' })
  .refine(isEmailAddress, { error: 'must be an e-mail address like name@example.com' })
  .meta({ format: 'email' });

const fields = z.strictObject({
  title: z.string({ error: 'must be text' }).describe('What the appointment is about, in a few words.'),
  start_time: dateTime.describe('When it begins: RFC 3339 with UTC offset, like 2024-12-20T15:00:00+01:00.'),
  end_time: dateTime.describe('When it ends, in the same form; later than start_time.'),
  attendee_email: emailAddress.describe('E-mail address of the person the appointment is with, as they spelled it.'),
});

const parameters = fields.refine(endsAfterStart, { path: ['end_time'], error: 'must be after start_time' });

type Appointment = z.output<typeof fields>;

/** Books an appointment through the org's webhook, once for the same title, times and address. */
export const createAppointment = defineTool({
  name: 'create_appointment',
  description:
    'Books an appointment in the calendar and sends the attendee a confirmation by e-mail. ' +
    'Call it once the user has given a subject, a beginning, an end and an e-mail address, and has agreed to them. ' +
    'Never make up a value: ask for what is missing.',
  parameters,
  topic: 'calendar',
  effect: 'webhook',
  once: {
    key: (appointment) => Object.values(canonical(appointment)),
    canonical,
    idName: 'appointment_id',
    repeat: booked,
    deferred: noted,
    deferUntilMs: ({ start_time }) => instantOf(start_time).epochSeconds * 1_000,
  },
  async execute(appointment, ctx) {
    await ctx.deliver();
    return booked(appointment);
  },
});

/** The four values in the form in which equal appointments are equal, in the order of the key. */
function canonical(appointment: Appointment): Record<keyof Appointment, string> {
  return {
    title: normalText(appointment.title).trim(),
    start_time: utc(appointment.start_time),
    end_time: utc(appointment.end_time),
    attendee_email: appointment.attendee_email.toLowerCase(),
  };
}

/** `email_sent` says that the hook has taken the request; it is the Zap that sends the confirmation. */
function booked({ attendee_email }: Appointment): ToolReply {
  return {
    message: `Appointment created and confirmation email sent to ${attendee_email}`,
    facts: { email_sent: true },
  };
}

function noted({ attendee_email }: Appointment): ToolReply {
  return {
    message: `Your request is noted; a confirmation will be sent to ${attendee_email}`,
    facts: { email_sent: false },
  };
}

/** Says nothing against an end where one of the two is no time at all, which is told by itself. */
function endsAfterStart({ start_time, end_time }: Appointment): boolean {
  const [start, end] = [parseInstant(start_time), parseInstant(end_time)];
  return start === undefined || end === undefined || end.epochSeconds > start.epochSeconds;
}

function isEmailAddress(text: string): boolean {
  if (text.length > maxAddressCharacters || text.indexOf('@') > maxLocalPartCharacters) return false;
  return z.email().safeParse(text).success;
}

function utc(text: string): string {
  return instantOf(text).utc;
}

function instantOf(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new TypeError('A time was used before it was validated.');
  return instant;
}
