import { type IntentRecord, type Step } from '../store/store';

/** The steps of a record that were made under one claim. */
export interface Attempt {
  /** The claim's number; the first is 1. */
  readonly fence: number;
  /** The oldest first. What became of the attempt later, by a callback or a human, belongs to it too. */
  readonly steps: readonly [Step, ...Step[]];
}

/** The attempts at an intent as far back as its record reaches, the oldest first. */
export function attemptsOf({ trail }: Pick<IntentRecord, 'trail'>): readonly Attempt[] {
  return trail.reduce<Attempt[]>((attempts, step) => {
    const last = attempts.at(-1);
    return last?.fence === step.fence
      ? attempts.with(-1, { ...last, steps: [...last.steps, step] })
      : [...attempts, { fence: step.fence, steps: [step] }];
  }, []);
}
