import { reachOf } from './reach';

/** Where a webhook may live beyond public HTTPS. */
export interface UrlAllowance {
  /** Allows this machine itself; for a relay that listens on loopback only. */
  readonly allowLoopback: boolean;
  /** Allows loopback, private and link-local networks. */
  readonly allowPrivateNetwork: boolean;
}

/**
 * Why a webhook URL is not to be used, as a phrase that follows "the URL"; undefined if it may be. The phrase never
 * contains the URL, which is a secret.
 *
 * Judged is what the URL says: `https:` anywhere but loopback and private addresses, those and `http:` only where they
 * are allowed, and never with user name or password in it.
 */
export function urlFault(url: string, allowance: UrlAllowance): string | undefined {
  if (!URL.canParse(url)) return 'is no URL';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:';
  if (username !== '' || password !== '') return 'must not contain a user name or password';
  switch (reachOf(hostname)) {
    case 'loopback':
      if (allowance.allowLoopback || allowance.allowPrivateNetwork) return undefined;
      return 'leads to this machine; set allowPrivateNetwork if that is wanted';
    case 'private':
      if (allowance.allowPrivateNetwork) return undefined;
      return 'leads into a private network; set allowPrivateNetwork if that is wanted';
    case 'public':
      return protocol === 'https:' ? undefined : 'must begin with https: outside of loopback and private networks';
  }
}
