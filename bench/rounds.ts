import { type Figure, type Stage } from './measure';

/** Measures the same as often as the stage asks for, one after the other. */
export async function inRounds<Round>(stage: Stage, measureOnce: (stage: Stage) => Promise<Round>): Promise<Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < stage.rounds) rounds.push(await measureOnce(stage));
  return rounds;
}

/** Makes figures of rounds: each takes one number out of every round. */
export function figuresOf<Round>(
  rounds: readonly Round[],
): (name: string, unit: Figure['unit'], pick: (round: Round) => number, atMost?: number) => Figure {
  return (name, unit, pick, atMost) => ({
    name,
    unit,
    values: rounds.map(pick),
    ...(atMost === undefined ? {} : { atMost }),
  });
}
