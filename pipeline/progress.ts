import { type Hold } from './hold';
import { type FailureStatus } from './tool-result';

/**
 * How far a call has come, for whoever has to answer before its end. What was answered then must stay true: after it
 * nothing is deferred any more, because the caller was not told that it would be.
 */
export class Progress {
  /** The hold of the attempt; undefined before there is one. */
  hold: Hold | undefined;
  /** Whether somebody else was found to be at it. */
  isHeldByOthers = false;
  #isAnswered = false;
  #isDeferring = false;

  /** Whether it may still be kept for later. From then on no answer says that nothing will happen. */
  beginDeferral(): boolean {
    if (this.#isAnswered) return false;
    this.#isDeferring = true;
    return true;
  }

  /** What can be said now, when the time is over. What has begun goes on and is recorded; what has not will not begin. */
  answer(): FailureStatus {
    this.#isAnswered = true;
    if (this.#isDeferring) return 'in_progress';
    if (this.hold === undefined && this.isHeldByOthers) return 'in_progress';
    return this.hold?.isOpen === true ? 'unknown' : 'not_sent';
  }
}
