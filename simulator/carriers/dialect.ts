import { type Complaint, complaint } from './complaint';
import type { WireFormat } from './wire-format';

/** A WebSocket message: a string is a text frame, a buffer a binary one. */
export type Frame = string | Buffer;

/** What a frame of the relay's asks the carrier to do. */
export type Command =
  | { readonly kind: 'audio'; readonly audio: Buffer }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'keys'; readonly digits: string }
  /** The stream is over, and the carrier is to close it. */
  | { readonly kind: 'leave' };

/** What the carrier makes of a frame. What it complains of it does not do, unless it is said to. */
export interface Examined {
  readonly command?: Command;
  /** What is done before that. */
  readonly before?: Command;
  readonly complaint?: Complaint;
  /** What the carrier answers. */
  readonly reply?: Frame;
  /** Accepted, but it does not sound well. */
  readonly remark?: Complaint;
}

/** Where a frame of the caller's voice stands. */
export interface VoicePlace {
  /** Counts the frames that are sent, from 1. */
  readonly chunk: number;
  /** Of the stream, in milliseconds; goes on through silence that is not sent. */
  readonly timestampMs: number;
}

/** How one carrier speaks on one media socket; made anew for each, because most of them number their messages. */
export interface Dialect {
  /** What the caller's voice is sent as. */
  readonly voice: WireFormat;
  /** What the relay has to send. */
  readonly playback: WireFormat;
  /** More than this queued is too much, in milliseconds. */
  readonly maxQueuedMs: number;
  readonly faults: StreamFaults;
  /** The messages before any audio. */
  opening(): readonly Frame[];
  speak(frame: Buffer, place: VoicePlace): Frame;
  /** A key the caller pressed; without one the carrier does not tell. */
  press(digit: string, atMs: number): Frame | undefined;
  /** What was marked has been heard. */
  markHeard(name: string): Frame;
  /** The queue was cleared while these marks waited, which are returned or not as the carrier does. */
  cleared(marks: readonly string[]): ClearedFrames;
  /** The message before the carrier closes the socket. */
  closing(): Frame | undefined;
  examine(frame: Frame): Examined;
  /** Called when the queue grew or shrank, for carriers that ask the relay to wait. */
  queueIs?(queuedMs: number): Frame | undefined;
}

/** What the carrier says of the stream as a whole. */
export interface StreamFaults {
  /** More than it may is queued. */
  readonly overflow: Complaint;
  /** The relay does not read the caller's voice. */
  readonly unread: Complaint;
  /** The relay broke the rules of WebSockets. */
  readonly brokenProtocol: Complaint;
}

/** The same for carriers that publish no codes of their own. */
export const PLAIN_FAULTS: StreamFaults = {
  overflow: complaint('queue_full', 'Too much audio is queued; the newest is dropped.'),
  unread: complaint('unread', 'The relay does not read; the caller’s audio is dropped.'),
  brokenProtocol: complaint('protocol_error', 'The relay broke the WebSocket protocol.'),
};

export interface ClearedFrames {
  readonly frames: readonly Frame[];
  /** Whether the marks are among them. */
  readonly returnsMarks: boolean;
}
