import { type IntentKey } from '../../../../pipeline/store/store';
import { cooldownMs, retentionMs } from '../fixtures';

/** The right of one claim, as its owner holds it; owners that are late go on using theirs. */
export interface Ticket {
  readonly intent: Intent;
  readonly owner: string;
  readonly fence: number;
  leaseUntilMs: number;
  /** The send that it began, if it did. */
  send: Send | undefined;
  /** Whether it has said what came of it. */
  isThrough: boolean;
}

/** A send that began: somebody may have got it. */
export interface Send {
  /** What is proven about it: nothing yet, that it had no effect, that it had one. */
  proof: 'none' | 'no_effect' | 'effect';
  /** Whether it is on record that nobody knows. */
  isGivenUp: boolean;
}

/** What the promise makes of an intent at one moment. */
export type Standing = 'done' | 'in_doubt' | 'in_flight' | 'taken' | 'refused' | 'free';

/**
 * One intent as the promise sees it: which sends began, and what is proven about each. It knows no states; what it says
 * follows from one sentence: nobody may send while an earlier send may have had an effect, and nobody is kept from
 * sending when none may have.
 */
export class Intent {
  sends: Send[] = [];
  /** Of the claim that was won last. */
  ticket: Ticket | undefined;
  fingerprint = '';
  fence = 0;
  refusedUntilMs = 0;
  /** When what is known about it may be forgotten; undefined while that would be wrong. */
  forgetAtMs: number | undefined;
  isConfirmed = false;

  constructor(readonly key: IntentKey) {}

  standing(nowMs: number): Standing {
    if (this.sends.some(({ proof }) => proof === 'effect')) return 'done';
    const isLeased = this.ticket !== undefined && !this.ticket.isThrough && nowMs < this.ticket.leaseUntilMs;
    if (this.sends.some(({ proof }) => proof === 'none')) return isLeased ? 'in_flight' : 'in_doubt';
    if (isLeased) return 'taken';
    return nowMs < this.refusedUntilMs ? 'refused' : 'free';
  }

  taken(ticket: Ticket, fingerprint: string): void {
    this.ticket = ticket;
    this.fingerprint = fingerprint;
    this.fence = ticket.fence;
    this.refusedUntilMs = 0;
    this.forgetAtMs = undefined;
  }

  begun(ticket: Ticket): void {
    ticket.send = { proof: 'none', isGivenUp: false };
    this.sends.push(ticket.send);
  }

  /** It is proven for all sends in doubt that they had this effect, or none. */
  proven(proof: 'effect' | 'no_effect', nowMs: number): void {
    for (const send of this.sends) if (send.proof === 'none') send.proof = proof;
    this.forgetAtMs = nowMs + retentionMs;
  }

  refused(nowMs: number): void {
    this.proven('no_effect', nowMs);
    this.refusedUntilMs = nowMs + cooldownMs;
  }

  /** Whether a send is still on record as being made although its time is over. */
  isLost(nowMs: number): boolean {
    return this.standing(nowMs) === 'in_doubt' && this.sends.some(({ isGivenUp }) => !isGivenUp);
  }

  givenUp(): void {
    for (const send of this.sends) send.isGivenUp = true;
    if (this.ticket !== undefined) this.ticket.isThrough = true;
  }

  /** What time does when it is let: ends what is lost, frees what was never begun, forgets what is long over. */
  swept(nowMs: number): void {
    if (this.isLost(nowMs)) this.givenUp();
    const { ticket } = this;
    if (ticket !== undefined && !ticket.isThrough && ticket.send === undefined && nowMs >= ticket.leaseUntilMs) {
      ticket.isThrough = true;
      this.forgetAtMs = nowMs + retentionMs;
    } else if (this.forgetAtMs !== undefined && nowMs >= this.forgetAtMs) {
      this.sends = [];
      this.fence = 0;
      this.refusedUntilMs = 0;
      this.forgetAtMs = undefined;
      this.isConfirmed = false;
      this.ticket = undefined;
    }
  }
}
