import { createAppointment, intentId, type IntentKey } from '../../pipeline';

/** An appointment, known by its title alone. */
export interface Booking {
  readonly title: string;
  /** Whether it is kept and sent later where it cannot be sent at once. */
  readonly isDeferrable: boolean;
}

/** The org of each kind of booking. */
export const orgIds = { deferring: 'org_crash_deferring', plain: 'org_crash' } as const;

export function orgOf({ isDeferrable }: Booking): string {
  return isDeferrable ? orgIds.deferring : orgIds.plain;
}

/** Arguments of the call that makes it. */
export function bookingArgs({ title }: Booking) {
  return { title, start_time: times[0], end_time: times[1], attendee_email: email };
}

/** Where the store keeps it. */
export function bookingKey(booking: Booking): IntentKey {
  const { title } = booking;
  return { orgId: orgOf(booking), tool: createAppointment.name, intentId: intentId([title, ...times, email]) };
}

/** Far away, because nothing is deferred past the time it is for. */
const times = ['2124-12-20T14:00:00Z', '2124-12-20T14:30:00Z'] as const;
const email = 'user@example.com';
