import { createAppointment, intentId, type IntentKey } from '../../pipeline';

/** The org all calls are made for. */
export const orgId = 'org_crash';

/** Arguments of an appointment that its title alone tells from others. */
export function bookingArgs(title: string) {
  return { title, start_time: times[0], end_time: times[1], attendee_email: email };
}

/** Where the store keeps it. */
export function bookingKey(title: string): IntentKey {
  return { orgId, tool: createAppointment.name, intentId: intentId([title, ...times, email]) };
}

const times = ['2024-12-20T14:00:00Z', '2024-12-20T14:30:00Z'] as const;
const email = 'user@example.com';
