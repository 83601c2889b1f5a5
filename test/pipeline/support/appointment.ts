/** Arguments of `create_appointment` that are in order. */
export const appointment = {
  title: 'Demo',
  start_time: '2024-12-20T15:00:00+01:00',
  end_time: '2024-12-20T16:00:00+01:00',
  attendee_email: 'user@example.com',
};
