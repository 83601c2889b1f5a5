import { CallError } from '../errors';

/** What the end of a session means for a call. */
export type Ended =
  /** The assistant has ended the call. */
  | { readonly kind: 'completed' }
  /** Trying again makes sense. */
  | { readonly kind: 'transient'; readonly error: CallError | undefined }
  | { readonly kind: 'final'; readonly error: CallError };

/**
 * Judges the end of a connection by the relay's name for it (the close reason, else the last error that was told), else
 * by its close code.
 */
export function judgeEnd(code: number, reason: string, complaint: string | undefined): Ended {
  const known = endings.get(reason) ?? endings.get(complaint ?? '') ?? byCode(code);
  const detail = reason || complaint;
  switch (known) {
    case 'completed':
      return { kind: 'completed' };
    case 'lost':
      return { kind: 'transient', error: undefined };
    case 'busy':
      return { kind: 'transient', error: new CallError('relay_busy', detail) };
    case 'final':
      return { kind: 'final', error: new CallError('session_ended', detail ?? String(code)) };
  }
}

/** True for the code of an error that announces the end of the session. */
export function isEnding(code: string): boolean {
  return endings.has(code);
}

type Kind = 'completed' | 'lost' | 'busy' | 'final';

/**
 * The relay's endings (docs/protocol.md, how a session ends). A session that has lasted as long as it may, or in which
 * nobody spoke, is not begun again by itself: nobody may be there.
 */
const endings: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['client_closed', 'completed'],
  ['call_ended', 'completed'],
  ['draining', 'busy'],
  ['session_expired', 'final'],
  ['idle', 'final'],
  ['client_unresponsive', 'lost'],
  ['client_protocol_error', 'final'],
  ['message_too_large', 'final'],
  ['too_many_messages', 'final'],
  ['slow_client', 'lost'],
  ['upstream_unauthorized', 'final'],
  ['upstream_forbidden', 'final'],
  ['upstream_not_found', 'final'],
  ['upstream_refused', 'final'],
  ['upstream_account', 'final'],
  ['configuration_refused', 'final'],
  ['upstream_rate_limited', 'busy'],
  ['upstream_unavailable', 'busy'],
  ['upstream_tls', 'final'],
  ['upstream_timeout', 'busy'],
  ['upstream_closed', 'lost'],
  ['upstream_unresponsive', 'lost'],
  ['upstream_stalled', 'lost'],
  ['upstream_protocol_error', 'lost'],
  ['internal_error', 'lost'],
]);

/** For what is no relay, or closed without a word (RFC 6455, section 7.4.1). */
function byCode(code: number): Kind {
  switch (code) {
    case 1000:
      return 'completed';
    case 1001:
    case 1006:
    case 1011:
    case 1012:
      return 'lost';
    case 1013:
      return 'busy';
    default:
      return 'final';
  }
}
