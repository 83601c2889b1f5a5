import fc from 'fast-check';
import { type CrashPoint, crashPoints, type FixedPoint } from './points';
import { type Reply } from './receiver';

/** One round: where its process is killed, and how. */
export type Plan = (
  | { readonly point: FixedPoint }
  | {
      readonly point: 'any_moment';
      /** How the webhook meets the requests of each intent until the last kill. */
      readonly replies: readonly Reply[];
      /** After how many milliseconds each process is killed, one after the other. */
      readonly momentsMs: readonly number[];
    }
) & {
  /** Whether the store is swept before the repeats, or the repeats find everything as it was left. */
  readonly isSwept: boolean;
};

/** As many plans as there are rounds, the points in turn; the same seed makes the same plans. */
export function plansFor(rounds: number, seed: number): Plan[] {
  return fc.sample(chances, { numRuns: rounds, seed }).map(({ replies, momentsMs, isSwept }, index) => {
    const point: CrashPoint = crashPoints[index % crashPoints.length] ?? 'any_moment';
    return point === 'any_moment' ? { point, replies, momentsMs, isSwept } : { point, isSwept };
  });
}

const reply = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Reply>('accept') },
  { weight: 3, arbitrary: fc.constantFrom<Reply>('refuse', 'too_many', 'too_many', 'fail', 'cut', 'hold') },
);

const chances = fc.record({
  replies: fc.array(reply, { minLength: 12, maxLength: 12 }),
  momentsMs: fc.array(fc.nat(150), { minLength: 1, maxLength: 3 }),
  isSwept: fc.boolean(),
});
