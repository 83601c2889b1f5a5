import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Closing } from '../../pipeline/support/closing';
import { bearer, orgKey } from '../../src/support/relay';
import { hangUp } from './house';
import { refusalOf } from './phone-requests';

/** What comes of connecting as a Realtime client: a socket that stays open, or a refusal. */
export type Knock = { readonly status: 101; readonly socket: WebSocket } | Awaited<ReturnType<typeof refusalOf>>;

export function knock(opened: Closing, relayUrl: string): Promise<Knock> {
  const url = `${relayUrl.replace('http', 'ws')}/v1/realtime`;
  const socket = opened.add(new WebSocket(url, { headers: bearer(orgKey) }), hangUp);
  const isOpen = once(socket, 'open').then(() => ({ status: 101 as const, socket }));
  const refused = refusalOf(socket);
  // Whichever does not happen is waited for in vain.
  isOpen.catch(() => undefined);
  refused.catch(() => undefined);
  return Promise.race([isOpen, refused]);
}
