import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { record } from './client';

/** Asks for a WebSocket and returns the HTTP answer it gets instead. */
export async function refusedHandshake(
  url: string,
  headers: Record<string, string>,
): Promise<{ statusCode: number | undefined; headers: IncomingMessage['headers']; error: Record<string, unknown> }> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  socket.terminate();
  const body = record(JSON.parse(Buffer.concat(chunks).toString()));
  return { statusCode: response.statusCode, headers: response.headers, error: record(body['error']) };
}
