import {
  type Claim,
  type IntentKey,
  type Outcome,
  type SettledState,
  type Settlement,
} from '../../../pipeline/store/store';

export const key: IntentKey = { orgId: 'org_1', tool: 'create_appointment', intentId: '0123456789abcdef' };
export const otherKey: IntentKey = { ...key, intentId: 'fedcba9876543210' };

export const leaseMs = 30_000;
export const cooldownMs = 60_000;
export const retentionMs = 3_600_000;
/** When a deferred intent is tried again, and until when it may be. */
export const retryMs = 10_000;
export const expiresMs = 600_000;
export const startMs = 1_750_000_000_000;

export const outcome: Outcome = {
  httpStatus: 200,
  remoteId: 'r-1',
  code: 'ok',
  result: '{"success":true}',
};

export const body = '{"intent_id":"0123456789abcdef"}';

/** A claim of `key`; tests say only what matters to them. */
export function claimBy(owner: string, changes: Partial<Claim> = {}): Claim {
  return { key, fingerprint: 'fp-1', owner, leaseMs, rejectedCooldownMs: cooldownMs, ...changes };
}

/** A settlement in this state, with all that such a one needs; an intent in doubt is not to be tried again by itself. */
export function settlement(state: SettledState): Settlement {
  switch (state) {
    case 'UNKNOWN':
      return { state, outcome, body };
    case 'DEFERRED':
      return { state, outcome, body, retryMs, expiresMs };
    case 'ACCEPTED':
    case 'REJECTED':
    case 'NOT_SENT':
      return { state, outcome };
  }
}

/** A clock that moves only when told to. */
export class Clock {
  nowMs = startMs;
  readonly now = (): number => this.nowMs;

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
