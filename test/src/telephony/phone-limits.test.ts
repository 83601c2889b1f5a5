import { defaultPhoneLimits } from '../../../relay';
import { limitsSchema } from '../../../src/config/limits';
import { phoneLimitsOf } from '../../../src/telephony/phone-limits';

it('the limits of an org are those of its phone calls', () => {
  const limits = {
    carrierStartMs: 1_001,
    carrierHeldMs: 1_002,
    carrierBurstMs: 1_003,
    carrierReorderMs: 104,
    carrierWaitingMs: 1_005,
    digitsMs: 1_006,
    maxDigits: 7,
  };
  expect(phoneLimitsOf(limitsSchema.parse(limits))).toEqual({
    startMs: 1_001,
    heldMs: 1_002,
    burstMs: 1_003,
    reorderMs: 104,
    waitingMs: 1_005,
    digitsMs: 1_006,
    maxDigits: 7,
  });
});

it('an org that sets none has the gateway’s own', () => {
  expect(defaultPhoneLimits).toMatchObject(phoneLimitsOf(limitsSchema.parse({})));
});
