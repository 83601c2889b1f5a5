export { type ClientReport, type ClientSide, type ClientSideOptions, type OpenClientSide } from './client-side';
export { defaultSessionLimits, type SessionLimits } from './limits';
export { socketBounds, type SocketBounds } from './socket-bounds';
export { endings, type EndCause, type EndingRule } from './protocol/close';
export { startSession, type Ending, type Session, type SessionMeter, type SessionOptions } from './session';
export { type SessionLog } from './session-log';
export { type FunctionCall, type FunctionOutput, type PreparedCall, type ToolRunner } from './tool-runner';
export { turnAway } from './turn-away';
export { connectUpstream, type UpstreamTarget } from './upstream';
