import { connect as connectSocket, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { type Closing } from '../../pipeline/support/closing';
import { Client } from '../../simulator/support/client';
import { type House, hangUp } from '../../e2e/support/house';
import { bearer, orgKey } from '../../src/support/relay';

/** A client that was let in, with the bare socket under it, on which anything can be written. */
export interface RawCaller {
  /** Reads what the relay sends, as any client would. */
  readonly client: Client;
  readonly wire: Socket;
}

/** Connects to a house and waits for `session.created`. Closed after the test. */
export async function rawCall(opened: Closing, { relay, url }: Pick<House, 'relay' | 'url'>): Promise<RawCaller> {
  const wire = connectSocket(relay.port, '127.0.0.1');
  const socket = opened.add(new WebSocket(url, { headers: bearer(orgKey), createConnection: () => wire }), hangUp);
  const client = new Client(socket);
  await client.next('session.created');
  return { client, wire };
}
