import { type WebSocket } from 'ws';
import { endings, type EndCause } from './protocol/close';
import { ending } from './step';

/** Ends the connection of a client whose session could not be started: it is told why, as at the end of a session. */
export function turnAway(client: WebSocket, cause: EndCause): void {
  client.on('error', () => undefined);
  for (const effect of ending(cause).effects) if (effect.kind === 'send.client') client.send(effect.data);
  client.close(endings[cause].closeCode, cause);
}
