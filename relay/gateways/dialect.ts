import { type CarrierFormat } from './carrier-format';

/**
 * How one carrier streams calls: its frames read as events, and what we have to say written as its frames. A dialect is
 * pure and knows nothing of a call's course, so a further carrier is one more of these.
 */
export interface Dialect {
  /** The carrier's name in settings, logs and metrics. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** The WebSocket subprotocol the carrier asks for and must be granted; undefined for most, which ask for none. */
  readonly subprotocol?: string;
  /** What one message of the carrier says. Never throws: what cannot be read is a `fault`. */
  parse(frame: Buffer, isBinary: boolean): CarrierEvent;
  /** How to speak to the carrier in a call that has started. */
  encoder(start: CallStart): Encoder;
}

/** What a carrier's media stream can do. */
export interface Capabilities {
  /**
   * It tells when audio has been played (`mark`), at once while nothing plays. Without, the pacing clock decides what was
   * heard, and the carrier must answer pings or stream without a pause, or it counts as gone.
   */
  readonly marks: boolean;
  /** Its audio is sent in whole multiples of this, in milliseconds. */
  readonly frameMs: number;
  /** From our sending audio until the caller hears it, beyond what marks show, in milliseconds. */
  readonly lagMs: number;
  /**
   * How far ahead of its playing audio may be sent, in milliseconds: `Infinity` for a carrier that keeps whatever comes; little
   * for one that cannot clear, so that not much is left to play when the caller speaks.
   */
  readonly maxAheadMs: number;
}

/** A message to the carrier. */
export interface CarrierMessage {
  readonly data: Buffer | string;
  readonly isBinary: boolean;
}

/** Writes what we have to say in one call. */
export interface Encoder {
  /** Whole frames of audio, as base64 text in the carrier's format. */
  audio(base64: Buffer): readonly CarrierMessage[];
  /** Asks to be told when everything sent so far has been played; undefined without `capabilities.marks`. */
  mark(name: string): CarrierMessage | undefined;
  /** Throws away everything sent so far that has not been played. */
  clear(): CarrierMessage;
}

/** A call as its stream introduces it. Nothing of it is proven. */
export interface CallStart {
  readonly streamId: string;
  /** What the carrier's REST interface calls the call. */
  readonly callId: string;
  readonly format: CarrierFormat;
  /** What the answer webhook gave the stream to bring along. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How the stream writes what is not audio, where a carrier has two ways; `json` unless told otherwise. */
  readonly control?: 'json' | 'plain-text';
}

/** What a message of a carrier says. */
export type CarrierEvent =
  | { readonly kind: 'started'; readonly start: CallStart }
  | CarrierAudio
  | { readonly kind: 'digit'; readonly digit: string }
  /** A mark of ours comes back: played, or thrown away by a clear. */
  | { readonly kind: 'mark'; readonly name: string }
  /** It takes audio again, or asks for a pause (false): what we have is kept until then. */
  | { readonly kind: 'flow'; readonly isOpen: boolean }
  | { readonly kind: 'stopped' }
  /** It could not do something; `code` is one of a few names, never its own words, which may quote anything. */
  | { readonly kind: 'complaint'; readonly code: string }
  /** Nothing that concerns the call; `name` is the carrier's own, or `unknown`. */
  | { readonly kind: 'notice'; readonly name: string }
  | { readonly kind: 'fault'; readonly fault: CarrierFault };

/** A frame of what the caller says. */
export interface CarrierAudio {
  readonly kind: 'audio';
  /** Which stream it says it belongs to, where it says so. */
  readonly streamId: string | null;
  /** Base64 text in the carrier's format, checked. */
  readonly base64: Buffer;
  /** Where in the stream it belongs, in milliseconds from any fixed moment; null where the carrier does not say. */
  readonly timestampMs: number | null;
  /**
   * Which frame it is, counted without a gap, of a carrier whose frames may come in another order; null where they do not.
   * Only formats that pass untouched may be so: a resampler takes frames as they come.
   */
  readonly chunk: number | null;
}

/**
 * What can be wrong with a message. Those in `fatalFaults` end the call by that name; a frame with any other is dropped,
 * counted and logged.
 */
export type CarrierFault = FatalFault | 'invalid_audio' | 'invalid_event' | 'wrong_stream' | 'unknown_mark';

/** Faults that end a call, each a cause in the table of endings. */
export type FatalFault =
  | 'carrier_invalid_frame'
  | 'carrier_frame_before_start'
  | 'carrier_second_start'
  | 'carrier_wrong_codec'
  | 'carrier_impossible_timestamp';

/** True for a fault that ends the call. */
export function isFatal(fault: CarrierFault): fault is FatalFault {
  return fault.startsWith('carrier_');
}

/** What one digit of a telephone keypad may be. */
export const keypadDigit = /^[0-9*#A-D]$/;
