import { type PhoneLine } from '../../subjects/relay';
import { type WireEvent } from '../upstream';
import { type CarrierApi } from './api';
import { publicUrl } from './webhook';

/** The least that a relay takes for one carrier: its webhook, its stream, and its answers to what the relay asks for. */
export interface PhoneWire {
  /** The carrier and its audio, as tables call them. */
  readonly name: string;
  /** Bytes of 20 ms of audio, as the carrier has it and as the session has it. */
  readonly bytes: { readonly carrier: number; readonly session: number };
  /** As `telephony` stands in the settings of an org. @param apiUrl where the carrier is commanded over HTTP. */
  telephony(apiUrl: string): object;
  /** Lets a call ring. @returns how its stream is opened. @throws Error where the relay does not take it. */
  ring(callId: string, door: RelayDoor): Promise<StreamRequest>;
  /** What the stream begins with. */
  opening(callId: string): readonly object[];
  /** The n-th 20 ms of what the caller says, counted from 0. The call has been on for a while by then. */
  heard(audio: Buffer, nth: number): Message;
  /** A message as the relay would write it, of the same length, with so much of what the model says. */
  spoken(audio: Buffer): Message;
  /** What a message of the relay's that is not audio asks for. */
  readRequest(message: WireEvent): CarrierRequest;
}

/** JSON text, or bytes in a binary message. */
export type Message = Buffer | object;

/** Where a relay is reached, and where it reaches the carrier. */
export interface RelayDoor {
  /** Such as `127.0.0.1:8000`. */
  readonly host: string;
  readonly api: CarrierApi;
}

/** The upgrade by which a carrier opens a stream. */
export interface StreamRequest {
  /** Of which path and query count; the relay is reached at its door. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a relay asks a carrier for, besides playing audio. A mark comes with what is answered when it has been reached. */
export type CarrierRequest =
  { readonly kind: 'mark'; readonly answer: object } | { readonly kind: 'clear' } | { readonly kind: 'other' };

/** Bytes of 20 ms. G.711 is as it is in the session; linear audio is 16 bits at 24 kHz there. */
export const g711Bytes: PhoneWire['bytes'] = { carrier: 160, session: 160 };
export const linearBytes = (rateHz: number): PhoneWire['bytes'] => ({ carrier: rateHz / 25, session: 960 });

/** The line of a relay under measurement at this carrier alone. */
export function lineAt(wire: PhoneWire, apiUrl: string): PhoneLine {
  return { publicUrl, telephony: wire.telephony(apiUrl) };
}
