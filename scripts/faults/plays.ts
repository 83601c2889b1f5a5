/** What a webhook can do with a request. */
export const plays = [
  'accept',
  'accept_slowly',
  'accept_cut',
  'refuse',
  'too_many',
  'fail',
  'hang',
  'reset_early',
  'reset_late',
] as const;

export type Play = (typeof plays)[number];

/**
 * What a play proves to whoever sent the request: that it was taken, that it was refused, that nothing was done with it,
 * or nothing at all.
 */
export type Meaning = 'taken' | 'refused' | 'not_taken' | 'doubtful';

/** Each play in words, and what it proves. */
export const playFacts: Readonly<Record<Play, { readonly words: string; readonly means: Meaning }>> = {
  accept: { words: '200', means: 'taken' },
  accept_slowly: { words: '200 after a while', means: 'taken' },
  accept_cut: { words: '200, cut off in its body', means: 'taken' },
  refuse: { words: '400', means: 'refused' },
  too_many: { words: '429 with Retry-After', means: 'not_taken' },
  fail: { words: '500', means: 'doubtful' },
  hang: { words: 'no answer', means: 'doubtful' },
  reset_early: { words: 'reset before the body was read', means: 'doubtful' },
  reset_late: { words: 'reset after the body was read', means: 'doubtful' },
};
