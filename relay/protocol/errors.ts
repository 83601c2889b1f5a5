import { endings, type EndCause } from './close';

/**
 * What a failure means for a session:
 * `fatal` ends it, `retryable` may work when tried again, `ignorable` is a harmless race or a mistake of one event.
 * `text` is what the client is told; the words of upstream may quote tools, accounts or deployments and are never
 * passed on. `ending` is how the session ends: always for a fatal failure, and for one that keeps upstream away.
 */
export type FailureRule =
  | { readonly class: 'fatal'; readonly text: string; readonly ending: EndCause }
  | { readonly class: 'retryable'; readonly text: string; readonly ending?: EndCause }
  | { readonly class: 'ignorable'; readonly text: string };

/** Why no connection to upstream came about. */
export type ConnectFailure =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'dns' | 'network' | 'tls' | 'timeout' | 'closed' };

const invalid = (text: string) => ({ class: 'ignorable', text }) as const;
const retryable = (text: string) => ({ class: 'retryable', text }) as const;
const fatal = (ending: ErrorEnding) => ({ class: 'fatal', ending, text: endings[ending].text }) as const;
const later = (ending: ErrorEnding) => ({ class: 'retryable', ending, text: endings[ending].text }) as const;

/** The endings that tell the client something. */
type ErrorEnding = Exclude<EndCause, 'client_closed' | 'call_ended'>;

/**
 * Every failure the relay knows, from upstream and from tools: error codes of `error` events and failed responses
 * (protocol reference, section 6.1), failures to connect (section 1.1), and what can go wrong with a tool.
 */
export const failures = {
  invalid_event: invalid('The event is not valid.'),
  invalid_json: invalid('The message is not valid JSON.'),
  missing_required_parameter: invalid('A required member is missing.'),
  unknown_parameter: invalid('A member is not known.'),
  invalid_value: invalid('A value is not allowed.'),
  invalid_type: invalid('A value has the wrong type.'),
  string_above_max_length: invalid('A text is too long.'),
  response_cancel_not_active: invalid('Cancellation failed: no active response found.'),
  input_audio_buffer_commit_empty: invalid('The input audio buffer holds less than 100 ms of audio.'),
  item_truncate_invalid_item_id: invalid('No item with that id can be truncated.'),
  item_delete_invalid_item_id: invalid('No item with that id can be deleted.'),
  item_retrieve_invalid_item_id: invalid('No item with that id can be retrieved.'),
  unsupported_content_type: invalid('Only audio of the model can be truncated.'),
  cannot_update_voice: invalid('The voice cannot change once the model has spoken.'),
  event_not_allowed: invalid('This event is not allowed here.'),
  invalid_tool_call_id: invalid('The request could not be processed.'),

  conversation_already_has_active_response: retryable('The conversation already has an active response.'),
  rate_limit_exceeded: retryable('The voice service is busy. Please try again.'),
  inference_rate_limit_exceeded: retryable('The voice service is busy. Please try again.'),
  server_error: retryable('The voice service failed. Please try again.'),

  session_expired: fatal('session_expired'),
  beta_api_shape_disabled: fatal('upstream_refused'),
  invalid_api_key: fatal('upstream_unauthorized'),
  invalid_model: fatal('upstream_not_found'),
  model_not_found: fatal('upstream_not_found'),
  insufficient_quota: fatal('upstream_account'),
  billing_hard_limit_reached: fatal('upstream_account'),
  account_deactivated: fatal('upstream_account'),

  connect_401: fatal('upstream_unauthorized'),
  connect_403: fatal('upstream_forbidden'),
  connect_404: fatal('upstream_not_found'),
  connect_4xx: fatal('upstream_refused'),
  connect_429: later('upstream_rate_limited'),
  connect_5xx: later('upstream_unavailable'),
  connect_dns: later('upstream_unavailable'),
  connect_network: later('upstream_unavailable'),
  connect_closed: later('upstream_unavailable'),
  connect_tls: fatal('upstream_tls'),
  connect_timeout: later('upstream_timeout'),

  tool_failed: retryable('The tool failed. Say that something went wrong and offer to try again.'),
  tool_timeout: invalid(
    'The tool did not answer in time. It is not known whether it had an effect: say so, and do not try again.',
  ),
  tool_output_too_large: invalid('The tool answered, but its answer was too long to use.'),
  tool_not_allowed: invalid('Tools cannot be used any more in this turn. Answer with what is known.'),
} as const satisfies Record<string, FailureRule>;

/** The name of a known failure. */
export type FailureCode = keyof typeof failures;

/** The rule for a code from upstream, or undefined for a code the table does not know. */
export function failureOf(code: string | null | undefined): FailureRule | undefined {
  return isFailureCode(code) ? failures[code] : undefined;
}

/** How a session ends whose upstream connection did not come about. */
export function endingOfConnectFailure(failure: ConnectFailure): EndCause {
  return failures[connectCode(failure)].ending;
}

/** True for a code the table knows. */
export function isFailureCode(code: string | null | undefined): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(failures, code);
}

function connectCode(failure: ConnectFailure) {
  if (failure.kind !== 'status') return `connect_${failure.kind}` as const;
  switch (failure.status) {
    case 401:
      return 'connect_401';
    case 403:
      return 'connect_403';
    case 404:
      return 'connect_404';
    case 429:
      return 'connect_429';
    default:
      return failure.status >= 400 && failure.status < 500 && failure.status !== 408 ? 'connect_4xx' : 'connect_5xx';
  }
}
