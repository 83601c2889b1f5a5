import fc from 'fast-check';
import { type CrashPoint, crashPoints } from './points';
import { type Reply } from './receiver';

/** One round: intents, how their webhook behaves, and when their processes are killed. */
export interface Plan {
  readonly point: CrashPoint;
  /** How the webhook meets the requests of each intent until the last kill. */
  readonly replies: readonly [Reply, ...Reply[]];
  /** For `any_moment`: after how many milliseconds each process is killed, one after the other. */
  readonly momentsMs: readonly number[];
  /** Whether the store is swept before the repeats, or the repeats find everything as it was left. */
  readonly isSwept: boolean;
}

/** As many plans as there are rounds, the points in turn; the same seed makes the same plans. */
export function plansFor(rounds: number, seed: number): Plan[] {
  const plans = fc.sample(chances, { numRuns: rounds, seed });
  return plans.map((plan, index) => {
    const point = crashPoints[index % crashPoints.length] ?? 'any_moment';
    return point === 'any_moment'
      ? { point, ...plan }
      : { point, ...plan, replies: [point === 'sent' ? 'hold' : 'accept'] };
  });
}

const reply = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Reply>('accept') },
  { weight: 2, arbitrary: fc.constantFrom<Reply>('refuse', 'too_many', 'fail', 'cut', 'hold') },
);

const chances = fc.record({
  replies: fc
    .tuple(reply, fc.array(reply, { minLength: 11, maxLength: 11 }))
    .map(([first, others]): [Reply, ...Reply[]] => [first, ...others]),
  momentsMs: fc.array(fc.nat(150), { minLength: 1, maxLength: 3 }),
  isSwept: fc.boolean(),
});
