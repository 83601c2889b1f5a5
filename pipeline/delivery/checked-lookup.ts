import { type LookupAddress } from 'node:dns';
import { type LookupFunction } from 'node:net';
import { type Edge } from '../edge';
import { type Reach, reachOf } from './reach';
import { type UrlAllowance } from './url-policy';

/** A name leads to an address that its webhook may not have. The address is not told. */
export class ForbiddenAddressError extends Error {
  readonly code = 'FORBIDDEN_ADDRESS';

  constructor() {
    super('The name of the webhook leads to an address that it may not have.');
  }
}

/**
 * Looks up a webhook's name for a connection that is being made, and hands over nothing but what it has checked: the
 * connection goes to the very addresses that were looked at, and to no later answer of the resolver.
 *
 * A name may lead only to where its URL was judged to be: a public name to public addresses, `localhost` to this machine;
 * where private networks are allowed, anywhere, but in the clear not to public ones. If one of several answers is
 * forbidden, all are: a name that leads inside as well is either wrong or somebody's attempt.
 */
export function checkedLookup(
  { hostname: named, protocol }: URL,
  { allowPrivateNetwork }: UrlAllowance,
  resolve: Edge['resolve'],
): LookupFunction {
  const isAllowed = (reach: Reach): boolean => {
    if (!allowPrivateNetwork) return reach === reachOf(named);
    return protocol === 'https:' || reach === 'loopback' || reach === 'private';
  };
  const check = (addresses: readonly LookupAddress[]): readonly [LookupAddress, ...LookupAddress[]] => {
    const [first, ...others] = addresses;
    if (first === undefined) throw Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' });
    if (!addresses.every(({ address }) => isAllowed(reachOf(address)))) throw new ForbiddenAddressError();
    return [first, ...others];
  };
  return (hostname, { all }, callback) => {
    resolve(hostname)
      .then(check)
      .then(
        ([first, ...others]) =>
          all === true ? callback(null, [first, ...others]) : callback(null, first.address, first.family),
        // Resolvers reject with errors, and `instanceof` does not know those of another realm.
        (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
      );
  };
}
