import type { Target } from '../../../replay/player/session';
import { ownOrigin } from '../own-origin';
import { settingsOrExit } from '../settings';
import type { ReplayOptions } from './options';
import { UsageError } from './usage-error';

/** The variable that holds the credential. */
export const tokenVariable = 'REPLAY_TOKEN';

/**
 * Where options say that sessions are opened. Without `--url` the relay of this directory's settings is asked, with the first key
 * of its only org. OpenAI is given `OPENAI_API_KEY` where nothing else is said; nobody else is.
 *
 * @throws UsageError where they do not say it.
 */
export function targetOf({ url, token = process.env[tokenVariable] }: Pick<ReplayOptions, 'url' | 'token'>): Target {
  if (url === undefined) return ownRelay(token);
  const address = socketUrl(url);
  if (address === undefined) throw new UsageError('--url: must be a URL such as wss://voice.example.com/v1/realtime.');
  const own = address.hostname === openAiHost ? process.env['OPENAI_API_KEY'] : undefined;
  return { url: address.href, headers: credentialHeaders(address, token ?? own) };
}

/** Of a relay that listens at an origin. */
export function relayTarget(origin: string, token: string | undefined): Target {
  const address = new URL(realtimePath, origin.replace(/^http/, 'ws'));
  return { url: address.href, headers: credentialHeaders(address, token) };
}

/** The address without what may be secret in it: a query, a user, and whatever of the path is longer than a name. */
export function shownUrl({ url }: Pick<Target, 'url'>): string {
  const { protocol, host, pathname } = new URL(url);
  const path = pathname.split('/').map((part) => (/^[\w.-]{0,20}$/.test(part) ? part : '…'));
  return `${protocol}//${host}${path.join('/')}`;
}

const realtimePath = '/v1/realtime';
const openAiHost = 'api.openai.com';

function ownRelay(token: string | undefined): Target {
  const config = settingsOrExit({ needsUpstream: false });
  const [org, another] = config.orgs;
  if (token === undefined && another !== undefined) {
    throw new UsageError(`${tokenVariable}: is required where there are several orgs.`);
  }
  return relayTarget(ownOrigin(config), token ?? org?.apiKeys[0]);
}

/** An origin alone means the usual path; `http` means `ws`. */
function socketUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text.replace(/^http/, 'ws'));
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return undefined;
  // It is never sent, and the WebSocket library takes none.
  url.hash = '';
  if (url.pathname === '/') url.pathname = realtimePath;
  return url;
}

/** Azure takes keys in a header of its own. */
function credentialHeaders({ hostname }: URL, token: string | undefined): Record<string, string> {
  if (token === undefined || token === '') return {};
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(`${tokenVariable}, --token: must be visible ASCII characters without blanks.`);
  }
  return hostname.endsWith('.azure.com') ? { 'api-key': token } : { authorization: `Bearer ${token}` };
}
