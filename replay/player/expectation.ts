import { eventsOf, type Outline } from './outline';

/** How closely a replayed session must resemble its recording. */
export const expectations = ['strict', 'shape', 'none'] as const;
export type Expectation = (typeof expectations)[number];

/**
 * Says where a session differs from its recording.
 *
 * @param expectation `strict`: the same events in the same order, except for the pieces that a content comes in. `shape`: sound
 *   where there was sound, text where there was text, no error and no broken answer that was not recorded. `none`: nothing.
 * @returns short names of what is different, such as `unexpected error rate_limit_exceeded`; empty when all is as it should be.
 */
export function differences(recorded: Outline, replayed: Outline, expectation: Expectation): readonly string[] {
  switch (expectation) {
    case 'none':
      return [];
    case 'shape':
      return shapeDifferences(recorded, replayed);
    case 'strict':
      return [...shapeDifferences(recorded, replayed), ...orderDifference(eventsOf(recorded), eventsOf(replayed))];
  }
}

function shapeDifferences(recorded: Outline, replayed: Outline): string[] {
  return [
    ...(recorded.hasAudio && !replayed.hasAudio ? ['no audio came'] : []),
    ...(recorded.hasText && !replayed.hasText ? ['no text came'] : []),
    ...without(replayed.errors, recorded.errors).map((code) => `unexpected error ${code}`),
    ...without(replayed.statuses, ['completed', ...recorded.statuses]).map((status) => `an answer ended ${status}`),
  ];
}

/** The first place where two orders part. */
function orderDifference(recorded: readonly string[], replayed: readonly string[]): string[] {
  const at = recorded.findIndex((event, index) => event !== replayed[index]);
  if (at === -1) return replayed.length > recorded.length ? [`unexpected ${replayed[recorded.length] ?? ''}`] : [];
  return [`expected ${recorded[at] ?? ''}, got ${replayed[at] ?? 'nothing'}`];
}

const without = (values: readonly string[], known: readonly string[]) => [
  ...new Set(values.filter((value) => !known.includes(value))),
];
