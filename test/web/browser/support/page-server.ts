import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Closing } from '../../../pipeline/support/closing';

/** A web server of somebody else's: it serves a folder, with a content security policy, and is closed after the test. */
export async function servePage(opened: Closing, folder: string, policy: string): Promise<string> {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    readFile(join(folder, name)).then(
      (body) => {
        const type = types[extname(name)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.add(server, (running) => {
    running.closeAllConnections();
    return new Promise((resolve) => running.close(resolve));
  });
  // A cast, because `address` is a string only for servers on a pipe.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };
