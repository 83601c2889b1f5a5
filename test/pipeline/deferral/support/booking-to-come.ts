import { appointment } from '../../support/appointment';
import { bookingCall } from '../../support/pipeline';

/** A call that books an appointment which is still to come, whenever a test runs. */
export const bookingToCome = bookingCall({
  toolArgs: { ...appointment, start_time: '2100-01-01T10:00:00Z', end_time: '2100-01-01T11:00:00Z' },
});
