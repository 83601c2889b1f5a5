import { type Claim, type IntentKey, type Outcome } from '../../../pipeline/store/store';

export const key: IntentKey = { orgId: 'org_1', tool: 'create_appointment', intentId: '0123456789abcdef' };
export const otherKey: IntentKey = { ...key, intentId: 'fedcba9876543210' };

export const leaseMs = 30_000;
export const cooldownMs = 60_000;
export const retentionMs = 3_600_000;
export const startMs = 1_750_000_000_000;

export const outcome: Outcome = {
  httpStatus: 200,
  remoteId: 'r-1',
  code: 'ok',
  result: '{"success":true}',
};

/** A claim of `key`; tests say only what matters to them. */
export function claimBy(owner: string, changes: Partial<Claim> = {}): Claim {
  return { key, fingerprint: 'fp-1', owner, leaseMs, rejectedCooldownMs: cooldownMs, ...changes };
}

/** A clock that moves only when told to. */
export class Clock {
  nowMs = startMs;
  readonly now = (): number => this.nowMs;

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
