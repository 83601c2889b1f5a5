/** What the killing process and the process to be killed say to each other, over Node's channel between processes. */
import { type ToolOutcome } from '../../pipeline';
import { type Booking } from './booking';
import { type Found, type StorePoint } from './points';

/** How a process is set up; given as JSON in its first argument. */
export interface ChildOptions {
  readonly storeUrl: string;
  readonly webhookUrl: string;
  /** By how much its clock is ahead of the machine's, in milliseconds. */
  readonly aheadMs: number;
}

/** Questions, each with its answer. */
export interface Asked {
  /** Makes the booking; `isHasty`: gives up soon where another has it. */
  call: { readonly question: { readonly booking: Booking; readonly isHasty: boolean }; readonly answer: ToolOutcome };
  look: { readonly question: { readonly booking: Booking }; readonly answer: Sight };
  /** Moves the clock. */
  advance: { readonly question: { readonly ms: number }; readonly answer: null };
  /** Lets the store decide what time has decided. */
  sweep: { readonly question: object; readonly answer: null };
  /** Sends what was put off and is due; answered when nothing is due any more. */
  deliver: { readonly question: object; readonly answer: null };
  /** Stops at this point, for good, when somebody comes there next. */
  stopAt: { readonly question: { readonly point: StorePoint }; readonly answer: null };
}

/** What the store holds of an intent. */
export interface Sight {
  readonly found: Found;
  /** Whether the time of whoever has it is still running. */
  readonly isLeased: boolean;
  /** Whether they have it because it was put off. */
  readonly isKept: boolean;
}

export type AskedKind = keyof Asked;

export type Question<K extends AskedKind = AskedKind> = {
  [Each in K]: { readonly kind: Each; readonly id: number } & Asked[Each]['question'];
}[K];

export type Report =
  | { readonly kind: 'ready' }
  /** It has come to where it was to stop. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Asked[AskedKind]['answer'] };
