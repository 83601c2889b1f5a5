/** A call with a relay, in a browser; see docs/browser.md. */
export { connect } from './connect';
export { CallError, type CallErrorCode } from './errors';
export type {
  AudioDevice,
  Call,
  CallEvents,
  CallOptions,
  CallState,
  EndCause,
  Levels,
  ReconnectOptions,
  Transcript,
  TranscriptionOptions,
} from './call';
