import fc from 'fast-check';
import { type ResolvedState, type SettledState, type Settlement } from '../../../../pipeline/store/store';
import { leaseSlackMs } from '../../../../pipeline/store/transition';
import { cooldownMs, expiresMs, leaseMs, retentionMs, retryMs, settlement } from '../fixtures';
import { type Command, type Model, type Real } from './model';
import { Begin, Claim, Reclaim, Say } from './owner-commands';
import { Die, Resolve, Sweep, Wait } from './world-commands';

/** Everything that can happen, in any order: several owners, late ones, dead ones, workers, sweeps, humans, and time. */
export function happenings(intents: number): fc.Arbitrary<Iterable<Command>> {
  const intent = fc.nat(intents - 1);
  const ticket = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6) });
  const behind = fc.constantFrom(0, 0, 1);
  const resolved = fc.constantFrom<ResolvedState>('CONFIRMED', 'FAILED_LATER', 'REJECTED');
  const mover = fc.constantFrom('worker', 'operator');
  const ms = fc.constantFrom(
    1,
    500,
    retryMs,
    leaseMs - leaseSlackMs,
    leaseMs,
    leaseMs,
    cooldownMs,
    expiresMs,
    retentionMs,
  );
  return fc.commands<Model, Real, false>(
    [
      fc.tuple(intent, fc.constantFrom('fp-1', 'fp-1', 'fp-2')).map((args) => new Claim(...args)),
      fc.tuple(intent, fc.constant('fp-1')).map((args) => new Claim(...args)),
      fc.tuple(intent, mover, behind).map((args) => new Reclaim(...args)),
      ticket.map((index) => new Begin(index)),
      ticket.map((index) => new Begin(index)),
      fc.tuple(ticket, settlements).map((args) => new Say(...args)),
      fc.tuple(intent, resolved, behind).map((args) => new Resolve(...args)),
      fc.constantFrom(1, 500).map((limit) => new Sweep(limit)),
      // Starting anew takes its time.
      fc.oneof({ weight: 1, arbitrary: fc.constant(new Die()) }, { weight: 4, arbitrary: fc.constant(new Wait(1)) }),
      ms.map((each) => new Wait(each)),
    ],
    { maxCommands: 60, size: 'max' },
  );
}

/** What an owner may say; of what is in doubt also that it is to be tried again. */
const settlements: fc.Arbitrary<Settlement> = fc.oneof(
  fc.constantFrom<SettledState>('ACCEPTED', 'ACCEPTED', 'REJECTED', 'NOT_SENT', 'UNKNOWN', 'DEFERRED').map(settlement),
  fc.constant({ ...settlement('UNKNOWN'), state: 'UNKNOWN' as const, retryMs }),
);
