import { timingSafeEqual } from 'node:crypto';

/** Whether two secrets are the same; it takes as long for one that is nearly right as for one that is quite wrong. */
export function isSameSecret(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
