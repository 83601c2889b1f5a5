import { createHmac, randomBytes } from 'node:crypto';

/** Finds whose key a presented one is. */
export interface KeyRing<Owner> {
  ownerOf(presented: string): Owner | undefined;
}

/**
 * A key ring over `[key, owner]` pairs. It takes equally long for a key that is nearly right and one that is quite wrong:
 * what is compared are MACs under a secret of this process, about which nothing can be learned from outside, and looking
 * one up does not grow with the number of keys.
 */
export function createKeyRing<Owner>(keys: Iterable<readonly [string, Owner]>): KeyRing<Owner> {
  const secret = randomBytes(32);
  const macOf = (key: string) => createHmac('sha256', secret).update(key).digest('base64');
  const owners = new Map(Array.from(keys, ([key, owner]) => [macOf(key), owner]));
  return { ownerOf: (presented) => owners.get(macOf(presented)) };
}
