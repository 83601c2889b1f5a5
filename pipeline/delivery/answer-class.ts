import { type Delivery } from './delivery';

/**
 * What the status of a webhook's answer proves. The head of the answer is enough: a body that is cut off or cannot be
 * read changes nothing.
 *
 * Of 4xx, 408, 409 and 425 may come from something in the middle after the receiver has acted; 429 is documented as
 * "not taken". A 5xx may follow an effect as well as prevent it.
 */
export function answerClass(httpStatus: number): Delivery['kind'] {
  return classes.find(({ has }) => has(httpStatus))?.kind ?? 'unknown';
}

const between = (from: number, to: number) => (status: number) => status >= from && status <= to;
const oneOf =
  (...statuses: number[]) =>
  (status: number) =>
    statuses.includes(status);

/** The first row that fits decides. */
const classes: readonly { readonly has: (status: number) => boolean; readonly kind: Delivery['kind'] }[] = [
  { has: between(200, 299), kind: 'accepted' },
  { has: between(300, 399), kind: 'rejected' },
  { has: oneOf(429), kind: 'not_sent' },
  { has: oneOf(408, 409, 425), kind: 'unknown' },
  { has: between(400, 499), kind: 'rejected' },
];
