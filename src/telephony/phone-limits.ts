import type { PhoneLimits } from '../../relay';
import type { Limits } from '../config/limits';

/** What an org's limits say of a phone call's gateway; the rest of its bounds are nobody's to set. */
export function phoneLimitsOf(limits: Limits): Partial<PhoneLimits> {
  return {
    startMs: limits.carrierStartMs,
    heldMs: limits.carrierHeldMs,
    burstMs: limits.carrierBurstMs,
    reorderMs: limits.carrierReorderMs,
    waitingMs: limits.carrierWaitingMs,
    digitsMs: limits.digitsMs,
    maxDigits: limits.maxDigits,
  };
}
