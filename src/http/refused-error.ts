import type { Refusal } from './refusal';

/** Thrown in a route to answer with a refusal. */
export class RefusedError extends Error {
  readonly code = 'refused';

  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}
