import { type JsonObject } from '../../json';
import { type EndCause } from '../../protocol/close';
import { type AudioKind, type CarrierFormat } from '../carrier-format';
import { type CallStart, type Capabilities, type CarrierEvent } from '../dialect';
import { type Held } from './held';
import { type InputLine } from './input-line';
import { type PhoneLimits } from './limits';
import { type FrameOrder } from './order';
import { type Playback } from './playback';

/** What can happen to a phone. */
export type PhoneEvent =
  /** The start of the stream is awaited from now on: the session has begun, or the carrier has opened its socket. */
  | { readonly kind: 'awaited' }
  /** The carrier says something. */
  | { readonly kind: 'carrier'; readonly event: Exclude<CarrierEvent, { kind: 'started' }> }
  /** The carrier's stream starts; `isExpected`: it belongs to the call this session is for. */
  | { readonly kind: 'started'; readonly start: CallStart; readonly isExpected: boolean }
  /** The session shows its client something. */
  | { readonly kind: 'session'; readonly data: Buffer | string }
  | { readonly kind: 'timer'; readonly timer: PhoneTimer };

/** What a phone wants done. Effects are performed in order. */
export type PhoneEffect =
  /** Whole frames for the caller's ear, as base64 text in the session's format. */
  | { readonly kind: 'play'; readonly audio: Buffer }
  | { readonly kind: 'mark'; readonly name: string }
  /** Everything played but not yet heard is thrown away. */
  | { readonly kind: 'clear' }
  /** Says something in the session, as a client would. */
  | { readonly kind: 'say'; readonly data: Buffer }
  /** Everything the session has said so far has been heard. */
  | { readonly kind: 'heard' }
  | { readonly kind: 'timer.set'; readonly timer: PhoneTimer; readonly afterMs: number }
  | { readonly kind: 'timer.clear'; readonly timer: PhoneTimer }
  | { readonly kind: 'count'; readonly what: PhoneCount; readonly by: number }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn';
      readonly fields: JsonObject;
      readonly message: string;
    }
  /** The caller is gone. */
  | { readonly kind: 'hung-up' }
  | { readonly kind: 'end'; readonly cause: EndCause };

/** The phone's timers; setting one that runs starts it anew. */
export type PhoneTimer = 'start' | 'digits' | 'order' | 'quiet' | 'pace' | 'played';

/** What a phone counts; all are numbers of things but those that name a unit. */
export type PhoneCount =
  | 'frames_dropped'
  | 'held_frames_dropped'
  | 'late_audio_dropped'
  | 'late_frames_dropped'
  | 'silence_filled_ms'
  | 'interruptions'
  | 'truncations'
  | 'responses_cut_short'
  | 'complaints'
  | 'marks_sent'
  | 'marks_heard'
  | 'marks_cleared'
  | 'marks_lost'
  | 'digits';

/** What a phone is told at its start and never changes. */
export interface PhoneSettings {
  /** What the carrier's audio must be. */
  readonly format: CarrierFormat;
  /** What that is on the session's side. */
  readonly audio: AudioKind;
  readonly capabilities: Capabilities;
  readonly limits: PhoneLimits;
  /** The model is asked to speak first, as soon as the call is connected. */
  readonly speaksFirst: boolean;
}

/** Where a phone stands. */
export type PhoneState = Expected | OnCall | Over;

/** What a phone knows from beginning to end. */
interface Common {
  readonly settings: PhoneSettings;
  readonly session: SessionFacts;
  /** Faults and complaints of the carrier that have been logged; each is, once a call. */
  readonly told: readonly string[];
}

/** The carrier's stream has not started. */
export interface Expected extends Common {
  readonly phase: 'expected';
}

/** The caller is on the line. */
export interface OnCall extends Common {
  readonly phase: 'on-call';
  readonly streamId: string;
  /** What the caller says until the session is ready. */
  readonly held: Held;
  readonly order: FrameOrder;
  readonly input: InputLine;
  readonly isCallerSpeaking: boolean;
  readonly playback: Playback;
  /** The carrier takes audio now; false where it has asked for a pause. */
  readonly isTaking: boolean;
  /** Digits pressed that have not been told yet. */
  readonly digits: string;
}

/** Over; everything that still comes is ignored. */
export interface Over {
  readonly phase: 'over';
}

/** What the phone has learnt of its session. */
export interface SessionFacts {
  /** The session is configured and listens. */
  readonly isReady: boolean;
  /** Speech of the caller cuts the model off (`turn_detection.interrupt_response`). */
  readonly isInterruptible: boolean;
  /** Responses that have begun and are not done. */
  readonly active: readonly string[];
  /** The last responses that were cut off, whose late audio is not played. */
  readonly discarded: readonly string[];
  /** Whether the model was asked to speak first and has not begun; `cut-off`: the caller has pressed keys since. */
  readonly greeting: 'none' | 'asked' | 'cut-off';
}
