import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver of webhooks that answers as Zapier does. */
export interface Catcher {
  /** Where webhooks go. */
  readonly url: string;
  /** How many have arrived. */
  readonly count: number;
  close(): Promise<void>;
}

/** Starts a receiver on a free port of this machine and hands over the body of whatever arrives. */
export async function startCatcher(onWebhook: (body: string) => void): Promise<Catcher> {
  let count = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      count++;
      onWebhook(Buffer.concat(parts).toString());
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', id: `demo-${count}`, attempt: `demo-${count}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A cast, because `address` is a string only for servers on a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks/catch/demo`,
    get count() {
      return count;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
