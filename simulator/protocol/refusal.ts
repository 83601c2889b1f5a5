/** Why an event was refused: the `error` object of an error event without its `event_id` (protocol reference, section 6.1). */
export interface Refusal {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
}

/** The codes the simulator answers client events with. */
export type RefusalCode =
  | 'invalid_event'
  | 'invalid_json'
  | 'missing_required_parameter'
  | 'unknown_parameter'
  | 'invalid_value'
  | 'string_above_max_length'
  | 'conversation_already_has_active_response'
  | 'response_cancel_not_active'
  | 'invalid_tool_call_id'
  | 'input_audio_buffer_commit_empty'
  | 'item_truncate_invalid_item_id'
  | 'item_delete_invalid_item_id'
  | 'item_retrieve_invalid_item_id'
  | 'unsupported_content_type'
  | 'cannot_update_voice'
  | 'session_expired'
  | 'DeploymentNotFound'
  | 'beta_api_shape_disabled';

/** A refusal of a client's mistake, which most of them are. */
export function refuse(code: RefusalCode, message: string, param: string | null = null): Refusal {
  return { type: 'invalid_request_error', code, message, param };
}
