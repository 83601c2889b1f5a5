import { isIP } from 'node:net';
import { reachOf } from './reach';

/** Where a webhook may live beyond public HTTPS. */
export interface UrlAllowance {
  /** Allows this machine itself; for a relay that listens on loopback only. */
  readonly allowLoopback: boolean;
  /** Allows loopback, private and link-local networks, and addresses that no public host has. */
  readonly allowPrivateNetwork: boolean;
  /**
   * The only hosts there may be, exactly as `URL.host` spells them: with the port where it is not the scheme's own. Left
   * out: any. Setting `webhookHosts`.
   */
  readonly allowedHosts?: readonly string[] | undefined;
}

/**
 * Why a webhook URL is not to be used, as a phrase that follows "the URL"; undefined if it may be. The phrase never
 * contains the URL, which is a secret.
 *
 * Judged is what the URL says, after it was read as it will be used: `https:` on port 443 anywhere but at loopback,
 * private and reserved addresses, those and `http:` only where they are allowed. Another port of a public host has to be
 * named in `allowedHosts`, or private networks allowed. Where a name leads is judged when it is looked up
 * (checked-lookup.ts).
 */
export function urlFault(url: string, allowance: UrlAllowance): string | undefined {
  if (/[\s\\\p{Cc}]/u.test(url)) return 'must not contain blanks, backslashes or control characters';
  if (!URL.canParse(url)) return 'is no URL';
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return 'must begin with https:';
  // Read as a URL, some slashes may be too few or too many, and a user name may be blank.
  if (!/^https?:\/\/[^/?#]/i.test(url)) return 'must have its host right after "https://"';
  if (/^https?:\/\/[^/?#]*@/i.test(url)) return 'must not contain a user name or password';
  if (!isHost(parsed.hostname)) {
    return 'has no proper host name: letters, digits, "-" and "_" between single dots, with none at the end';
  }
  const { allowedHosts } = allowance;
  if (allowedHosts !== undefined && !allowedHosts.includes(parsed.host)) {
    return 'leads to a host that webhookHosts does not name; add the host, and its port if it is not 443, if it is wanted';
  }
  return placeFault(parsed, allowance);
}

function isHost(hostname: string): boolean {
  return hostname.startsWith('[') || isIP(hostname) !== 0 || /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(hostname);
}

function placeFault({ protocol, hostname, port }: URL, allowance: UrlAllowance): string | undefined {
  const { allowLoopback, allowPrivateNetwork, allowedHosts } = allowance;
  const inTheClear =
    protocol === 'https:' ? undefined : 'must begin with https: outside of loopback and private networks';
  switch (reachOf(hostname)) {
    case 'loopback':
      if (allowLoopback || allowPrivateNetwork) return undefined;
      return 'leads to this machine; set webhook.allowPrivateNetwork of its org if that is wanted';
    case 'private':
      if (allowPrivateNetwork) return undefined;
      return 'leads into a private network; set webhook.allowPrivateNetwork of its org if that is wanted';
    case 'reserved':
      if (allowPrivateNetwork) return inTheClear;
      return 'leads to an address that no public host has; set webhook.allowPrivateNetwork of its org if that is wanted';
    case 'public':
      if (inTheClear !== undefined) return inTheClear;
      if (port === '' || allowPrivateNetwork || allowedHosts !== undefined) return undefined;
      return "has another port than 443; name all webhooks' hosts, this one with its port, in webhookHosts if it is wanted";
  }
}
