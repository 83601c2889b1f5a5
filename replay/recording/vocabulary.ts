/**
 * What is known to be harmless in an event (protocol reference, sections 2, 3 and 6): which events there are, which members
 * they may have and what those may hold, and the words of the protocol itself. Whatever is not named here is redacted.
 */

/** What a member may hold and keep; a string that is none of it is replaced by its length. */
export type Kept =
  /** A word of the protocol. */
  | 'word'
  /** An id, replaced by a pseudonym that is the same wherever the id stands in the recording. */
  | 'id'
  /** A two-letter language code. */
  | 'language'
  /** Audio, which has a setting of its own. */
  | 'audio'
  | 'number'
  | 'flag'
  /** An object, of which again only what is known is kept. */
  | 'group';

/** Members by name, wherever they stand. One that is not listed is left out, its name too; lists hold what a single value may. */
export const members: ReadonlyMap<string, readonly Kept[]> = new Map<string, readonly Kept[]>([
  ...as(['word'], 'type object status role reason code phase eagerness detail state model conversation tool_choice'),
  ...as(['word'], 'output_modalities'),
  ...as(['id'], 'id event_id item_id previous_item_id response_id conversation_id'),
  ...as(['language'], 'language'),
  ...as(['audio', 'group'], 'audio'),
  ...as(['number'], 'audio_bytes audio_ms content_index output_index audio_start_ms audio_end_ms'),
  ...as(['number'], 'rate speed threshold prefix_padding_ms silence_duration_ms idle_timeout_ms'),
  ...as(['number'], 'expires_at retention_ratio post_instructions seconds'),
  ...as(['number'], 'total_tokens input_tokens output_tokens text_tokens audio_tokens image_tokens'),
  ...as(['number'], 'cached_tokens reasoning_tokens'),
  ...as(['number', 'word'], 'max_output_tokens'),
  ...as(['flag'], 'create_response interrupt_response'),
  ...as(['group'], 'session item response part content output input format transcription noise_reduction'),
  ...as(['group'], 'turn_detection usage input_token_details output_token_details cached_tokens_details'),
  ...as(['group'], 'error status_details token_limits'),
  ...as(['word', 'group'], 'voice truncation'),
  // Known, and never kept: what is said or written, keys that were pressed, what may quote any of it.
  ...as([], 'text transcript delta instructions image_url message param event speaker'),
]);

/** The types of events, of clients and of the server. */
export const eventTypes: ReadonlySet<string> = new Set([
  ...words('session.update conversation.item.create conversation.item.retrieve conversation.item.truncate'),
  ...words('conversation.item.delete input_audio_buffer.append input_audio_buffer.commit input_audio_buffer.clear'),
  ...words('response.create response.cancel output_audio_buffer.clear'),

  ...words('error session.created session.updated conversation.created relay.activity'),
  ...words('conversation.item.added conversation.item.done conversation.item.retrieved'),
  ...words('conversation.item.truncated conversation.item.deleted'),
  ...within('conversation.item.input_audio_transcription', 'delta completed segment failed'),
  ...within('input_audio_buffer', 'committed cleared speech_started speech_stopped timeout_triggered'),
  ...within('input_audio_buffer', 'dtmf_event_received'),
  ...within('output_audio_buffer', 'started stopped cleared'),
  ...within('response', 'created done output_item.added output_item.done content_part.added content_part.done'),
  ...within('response', 'output_text.delta output_text.done output_audio.delta output_audio.done'),
  ...within('response', 'output_audio_transcript.delta output_audio_transcript.done'),
]);

/** The words of the protocol, wherever a `word` may stand. */
export const protocolWords: ReadonlySet<string> = new Set([
  ...eventTypes,
  ...words('realtime realtime.session realtime.response realtime.item auto none inf disabled retention_ratio'),
  ...words('message user assistant input_text input_audio input_image output_text output_audio text audio'),
  ...words('item_reference in_progress completed incomplete cancelled failed commentary final_answer busy idle'),
  ...words('turn_detected client_cancelled max_output_tokens content_filter low medium high'),
  ...words('audio/pcm audio/pcmu audio/pcma server_vad semantic_vad near_field far_field tokens duration'),
  ...words('alloy ash ballad coral echo sage shimmer verse marin cedar'),
  ...words('gpt-realtime gpt-realtime-mini gpt-realtime-1.5 gpt-realtime-2 gpt-realtime-2.1 gpt-realtime-2.1-mini'),
  ...words('whisper-1 gpt-4o-transcribe gpt-4o-mini-transcribe gpt-4o-transcribe-diarize gpt-transcribe'),
  ...words('gpt-live-transcribe gpt-realtime-whisper'),

  ...words('invalid_request_error server_error upstream_error'),
  ...words('invalid_event invalid_json missing_required_parameter unknown_parameter invalid_value invalid_type'),
  ...words('string_above_max_length response_cancel_not_active input_audio_buffer_commit_empty'),
  ...words('item_truncate_invalid_item_id item_delete_invalid_item_id item_retrieve_invalid_item_id'),
  ...words('unsupported_content_type cannot_update_voice event_not_allowed invalid_tool_call_id'),
  ...words('conversation_already_has_active_response rate_limit_exceeded inference_rate_limit_exceeded'),
  ...words('session_expired beta_api_shape_disabled invalid_api_key invalid_model model_not_found'),
  ...words('insufficient_quota billing_hard_limit_reached account_deactivated'),
  ...words('tool_failed tool_timeout tool_output_too_large tool_not_allowed'),

  ...words('call_ended client_closed draining client_unresponsive client_protocol_error message_too_large'),
  ...words('too_many_messages slow_client internal_error configuration_refused'),
  ...words('carrier_no_start carrier_unknown_call carrier_frame_before_start carrier_second_start'),
  ...words('carrier_wrong_codec carrier_impossible_timestamp carrier_invalid_frame'),
  ...words('upstream_unauthorized upstream_forbidden upstream_not_found upstream_refused upstream_account'),
  ...words('upstream_rate_limited upstream_unavailable upstream_tls upstream_timeout upstream_closed'),
  ...words('upstream_unresponsive upstream_stalled upstream_protocol_error'),
]);

function words(list: string): string[] {
  return list.split(' ');
}

function within(group: string, list: string): string[] {
  return words(list).map((name) => `${group}.${name}`);
}

function as(kept: readonly Kept[], names: string): (readonly [string, readonly Kept[]])[] {
  return words(names).map((name) => [name, kept]);
}
