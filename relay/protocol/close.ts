/** How one named cause ends a session. */
export interface EndingRule {
  /** The close code the client's socket gets. */
  readonly closeCode: number;
  /** What the client is told in a last `error` event, and the close reason; null for an ending that needs no error. */
  readonly text: string | null;
  /** True when opening a new session soon may succeed. */
  readonly retry: boolean;
}

/**
 * Every way a session can end, with what the client sees. The key is the cause's name in logs and metrics and the
 * `error.code` of the last event. The table in docs/protocol.md is checked against this one.
 */
export const endings = {
  client_closed: { closeCode: 1000, text: null, retry: false },
  call_ended: { closeCode: 1000, text: null, retry: false },
  draining: { closeCode: 1001, text: 'The service is restarting. Please connect again.', retry: true },
  session_expired: { closeCode: 1001, text: 'The session reached its maximum duration.', retry: true },
  idle: { closeCode: 1001, text: 'The session was idle for too long.', retry: true },
  client_unresponsive: { closeCode: 1001, text: 'The client stopped answering.', retry: true },
  client_protocol_error: { closeCode: 1002, text: 'The connection broke the WebSocket protocol.', retry: false },
  message_too_large: { closeCode: 1009, text: 'A message was larger than allowed.', retry: false },
  too_many_messages: { closeCode: 1008, text: 'Too many messages a second.', retry: false },
  slow_client: { closeCode: 1008, text: 'The client reads too slowly.', retry: true },
  carrier_no_start: { closeCode: 1008, text: 'The media stream did not start in time.', retry: false },
  carrier_unknown_call: { closeCode: 1008, text: 'The media stream belongs to another call.', retry: false },
  carrier_frame_before_start: { closeCode: 1008, text: 'The media stream sent audio before its start.', retry: false },
  carrier_second_start: { closeCode: 1008, text: 'The media stream started twice.', retry: false },
  carrier_wrong_codec: {
    closeCode: 1003,
    text: 'The media stream has an audio format that was not agreed on.',
    retry: false,
  },
  carrier_impossible_timestamp: { closeCode: 1008, text: 'The media stream has impossible timestamps.', retry: false },
  carrier_invalid_frame: {
    closeCode: 1003,
    text: 'The media stream sent a message that cannot be read.',
    retry: false,
  },
  upstream_unauthorized: { closeCode: 1011, text: 'The service is not set up correctly.', retry: false },
  upstream_forbidden: { closeCode: 1011, text: 'The service is not set up correctly.', retry: false },
  upstream_not_found: { closeCode: 1011, text: 'The service is not set up correctly.', retry: false },
  upstream_refused: { closeCode: 1011, text: 'The voice service refused the session.', retry: false },
  upstream_account: { closeCode: 1011, text: 'The voice service is not available to this account.', retry: false },
  configuration_refused: { closeCode: 1011, text: 'The voice service refused the session settings.', retry: false },
  upstream_rate_limited: { closeCode: 1013, text: 'The voice service is busy. Please try again later.', retry: true },
  upstream_unavailable: { closeCode: 1013, text: 'The voice service cannot be reached.', retry: true },
  upstream_tls: { closeCode: 1011, text: 'The voice service cannot be reached safely.', retry: false },
  upstream_timeout: { closeCode: 1013, text: 'The voice service did not answer in time.', retry: true },
  upstream_closed: { closeCode: 1011, text: 'The voice service ended the session.', retry: true },
  upstream_unresponsive: { closeCode: 1011, text: 'The voice service stopped answering.', retry: true },
  upstream_stalled: { closeCode: 1011, text: 'The voice service stopped reading.', retry: true },
  upstream_protocol_error: { closeCode: 1011, text: 'The voice service broke the protocol.', retry: true },
  internal_error: { closeCode: 1011, text: 'The relay failed. Please connect again.', retry: true },
} as const satisfies Record<string, EndingRule>;

/** The name of one ending. */
export type EndCause = keyof typeof endings;
