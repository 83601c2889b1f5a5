/** Strict stand-ins for phone carriers; see `simulator/README.md`. */
export { type CallEvent, type CallHappening, describeEnding, type Ending } from './call-event';
export { CallHistory, type UntilOptions } from './call-history';
export { type Clock, realClock, VirtualClock } from './clock';
export type { Complaint } from './complaint';
export type { Frame } from './dialect';
export type { Network } from './link';
export type { StreamEnd, Tamper } from './media-stream';
export { type CallOptions, PhoneCall, type TransferOutcome } from './phone-call';
export type { Gap, HeardSpan } from './playback';
export { RestServer, type RestFault, type RestRecord } from './rest-server';
export { startSignalWire, type SignalWireOptions } from './signalwire';
export { type Sound, soundOfRaw, soundOfWav, soundOfWords } from './sound';
export { startTwilio, type TwilioOptions } from './twilio';
export { DocumentCall, type DocumentCallOptions } from './documents/call';
export { type CarrierOptions, DocumentCarrier } from './documents/carrier';
export { twimlSignature } from './twiml/signature';
export { ALAW_8K, MULAW_8K, type WireFormat } from './wire-format';
