import { existsSync } from 'node:fs';
import pino from 'pino';
import { openStore, StoreOpenError } from '../../../pipeline';
import type { RelayConfig } from '../../config';
import { type Logger, loggerTo } from '../../log';
import { ownOrigin } from '../own-origin';
import type { IntentDesk } from './desk';
import { networkCode, relayDesk } from './relay-desk';
import { storeDesk } from './store-desk';

/** A desk, or why there is none, for people. */
export type OpenedDesk =
  { readonly kind: 'open'; readonly desk: IntentDesk } | { readonly kind: 'failed'; readonly reason: string };

/**
 * Finds the relay to ask: the one that is named, or the one these settings start. Only where that one does not run, the
 * store is opened directly; a store that a relay has open must be asked through it, because it remembers what is in there.
 *
 * @param url as the user named it
 */
export async function openDesk(config: RelayConfig, url: string | undefined): Promise<OpenedDesk> {
  if (url !== undefined) {
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      return failed('--url: must be an origin such as https://voice.example.com.');
    }
    return open(relayDesk(url, config.operatorKey));
  }
  const origin = ownOrigin(config);
  const code = config.listen.port === 0 ? noRelay : await reach(origin);
  if (code === undefined) return open(relayDesk(origin, config.operatorKey));
  if (code !== noRelay) return failed(`The relay at ${origin} cannot be reached (${code}): name it with --url.`);
  return openStoreDesk(config, origin);
}

const noRelay = 'ECONNREFUSED';

/** Milliseconds a relay has to say that it is there. */
const reachMs = 5_000;

/** Why nobody is reached at an origin; undefined where somebody is. */
async function reach(origin: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL('/healthz', origin), {
      redirect: 'manual',
      signal: AbortSignal.timeout(reachMs),
    });
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    return networkCode(error);
  }
}

async function openStoreDesk(config: RelayConfig, origin: string): Promise<OpenedDesk> {
  const { storeUrl } = config;
  const file = /^sqlite:(.+)$/.exec(storeUrl)?.[1];
  if (storeUrl === 'memory:') {
    return failed(
      `No relay runs at ${origin}, and with STORE_URL memory: nothing outlives one. Name another with --url.`,
    );
  }
  // Looking at intents is no reason to make a file.
  if (file !== undefined && !existsSync(file)) {
    return failed(`No relay runs at ${origin}, and there is no file ${file} (STORE_URL). Name a relay with --url.`);
  }
  try {
    const store = await openStore(storeUrl);
    return open(storeDesk(store, auditLog(config)));
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    if (error.code !== 'store_locked') return failed(`STORE_URL: ${error.message}`);
    return failed(`A relay has the file ${file ?? ''} open, but none answers at ${origin}: name it with --url.`);
  }
}

/** Where the lines of changes go that no relay writes: where its own would, or else to standard error. */
function auditLog({ log }: RelayConfig): Logger {
  return loggerTo(pino.destination({ dest: log.file ?? 2, sync: true, mkdir: true }));
}

const open = (desk: IntentDesk): OpenedDesk => ({ kind: 'open', desk });

const failed = (reason: string): OpenedDesk => ({ kind: 'failed', reason });
