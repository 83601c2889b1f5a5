import { type IntentKey } from '../../../../pipeline/store/store';
import { cooldownMs, expiresMs, retentionMs, retryMs } from '../fixtures';

/** The right of one claim, as its owner holds it; owners that are late go on using theirs. */
export interface Ticket {
  readonly intent: Intent;
  readonly owner: string;
  readonly fence: number;
  /** What was claimed: a wish nobody had in hand, one put off, or one in doubt that shall be sent again. */
  readonly on: 'wish' | 'deferral' | 'doubt';
  leaseUntilMs: number;
  /** The send that it began, if it did. */
  send: Send | undefined;
  /** Whether it has said what came of it, or somebody else has after its time. */
  isThrough: boolean;
}

/** A send that began: somebody may have got it. */
export interface Send {
  /** What is proven about it: nothing yet, that it had no effect, that it had one. */
  proof: 'none' | 'no_effect' | 'effect';
}

/** A promise to send later. */
export interface Deferral {
  nextTryMs: number;
  readonly expiresAtMs: number;
}

/** What is known of sends in doubt beside that. */
export interface Doubt {
  readonly hasBody: boolean;
  /** When it is sent again by itself. */
  readonly nextTryMs: number | undefined;
}

/** What the promise makes of an intent at one moment. */
export type Standing = 'done' | 'in_doubt' | 'in_flight' | 'taken' | 'deferred' | 'refused' | 'free';

/**
 * One intent as the promise sees it: which sends began, and what is proven about each. It knows no states; what it says
 * follows from three sentences: nobody may send while an earlier send may have had an effect, unless they were told to
 * send just that again; what was put off is sent later unless somebody says otherwise or its time is over; and nobody is
 * kept from sending when none of this is so.
 */
export class Intent {
  sends: Send[] = [];
  /** Of the claim that was won last. */
  ticket: Ticket | undefined;
  deferral: Deferral | undefined;
  doubt: Doubt = { hasBody: false, nextTryMs: undefined };
  fingerprint = '';
  fence = 0;
  refusedUntilMs = 0;
  /** When what is known about it may be forgotten; undefined while that would be wrong. */
  forgetAtMs: number | undefined;
  isConfirmed = false;

  constructor(readonly key: IntentKey) {}

  standing(nowMs: number): Standing {
    if (this.sends.some(({ proof }) => proof === 'effect')) return 'done';
    if (this.ticket?.isThrough === false && nowMs < this.ticket.leaseUntilMs) {
      return this.ticket.send === undefined ? 'taken' : 'in_flight';
    }
    if (this.isInDoubt()) return 'in_doubt';
    if (this.deferral !== undefined && nowMs < this.deferral.expiresAtMs) return 'deferred';
    return nowMs < this.refusedUntilMs ? 'refused' : 'free';
  }

  /** What may be sent without a caller, and when by itself. */
  kept(nowMs: number): { readonly on: 'deferral' | 'doubt'; readonly nextTryMs: number | undefined } | undefined {
    const standing = this.standing(nowMs);
    if (standing === 'deferred') return { on: 'deferral', nextTryMs: this.deferral?.nextTryMs };
    if (standing === 'in_doubt' && this.doubt.hasBody) return { on: 'doubt', nextTryMs: this.doubt.nextTryMs };
    return undefined;
  }

  isInDoubt(): boolean {
    return this.sends.some(({ proof }) => proof === 'none');
  }

  taken(ticket: Ticket): void {
    this.ticket = ticket;
    this.fence = ticket.fence;
    this.refusedUntilMs = 0;
    this.forgetAtMs = undefined;
    if (ticket.on === 'wish') this.deferral = undefined;
  }

  begun(ticket: Ticket): void {
    // All that is known of a body now is what was kept of it.
    if (ticket.on !== 'doubt') this.doubt = { hasBody: ticket.on === 'deferral', nextTryMs: undefined };
    ticket.send = { proof: 'none' };
    this.sends.push(ticket.send);
  }

  /** It is proven for all sends in doubt that they had this effect, or none. */
  proven(proof: 'effect' | 'no_effect', nowMs: number): void {
    for (const send of this.sends) if (send.proof === 'none') send.proof = proof;
    this.deferral = undefined;
    this.forgetAtMs = nowMs + retentionMs;
  }

  refused(nowMs: number): void {
    this.proven('no_effect', nowMs);
    this.refusedUntilMs = nowMs + cooldownMs;
  }

  /** Put off; the time until which that may be goes on from the first time. */
  putOff(nowMs: number): void {
    const expiresAtMs = this.deferral?.expiresAtMs ?? nowMs + expiresMs;
    this.proven('no_effect', nowMs);
    this.deferral = { nextTryMs: nowMs + retryMs, expiresAtMs };
    this.forgetAtMs = undefined;
  }

  /** Whether its owner's time is over and nobody has acted on that yet. */
  isAbandoned(nowMs: number): boolean {
    return this.ticket?.isThrough === false && nowMs >= this.ticket.leaseUntilMs;
  }

  /** Somebody sees that the owner's time is over, and what was kept or sent falls back to what it is without the owner. */
  actedOn(nowMs: number): void {
    if (this.ticket === undefined || !this.isAbandoned(nowMs)) return;
    if (this.ticket.on === 'wish' && this.ticket.send === undefined) return;
    this.ticket.isThrough = true;
    // What was sent of it is in doubt now, and no promise any more.
    if (this.ticket.send !== undefined) this.deferral = undefined;
  }

  /** What time does when it is let: ends what is abandoned, forgets what is long over. */
  swept(nowMs: number): void {
    this.actedOn(nowMs);
    if (this.ticket !== undefined && this.isAbandoned(nowMs)) {
      this.ticket.isThrough = true;
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

  /** It was put off until it was too late. */
  expired(nowMs: number): void {
    this.deferral = undefined;
    this.forgetAtMs = nowMs + retentionMs;
  }
}
