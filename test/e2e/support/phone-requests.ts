import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { twimlSignature } from '../../../simulator/carriers';
import { phone, publicUrl } from './phone-house';

/** What Twilio asks the relay about a call, with whatever a test wants otherwise. */
export interface WebhookParts {
  readonly path?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** The key that signs; null for a request that nobody signed. */
  readonly key?: string | null;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

/** What the webhook about one call says. */
export const notice = {
  AccountSid: phone.accountSid,
  CallSid: `CA${'1'.repeat(32)}`,
  From: phone.caller,
  To: phone.called,
} as const;

/** Asks a relay about a call, as Twilio does. */
export async function askAbout(relayUrl: string, parts: WebhookParts = {}): Promise<WebhookAnswer> {
  const { path = '/telephony/twilio/voice', key = phone.authToken } = parts;
  const fields = { ...notice, ...parts.fields };
  const signature = key === null ? {} : { 'x-twilio-signature': twimlSignature(key, publicUrl + path, fields) };
  const response = await fetch(relayUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...signature },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

/** The address of the stream in a document. */
export const connectIn = (document: string): string => {
  const url = /<Connect><Stream url="([^"]+)"\/><\/Connect>/.exec(document)?.[1];
  if (url === undefined) throw new Error(`There is no stream in ${document}`);
  return url;
};

/** A media socket that a carrier opens; `key` signs it, null leaves it unsigned. */
export function openMedia(relayUrl: string, streamUrl: string, key: string | null = phone.authToken): WebSocket {
  const headers = key === null ? {} : { 'x-twilio-signature': twimlSignature(key, streamUrl) };
  const { pathname } = new URL(streamUrl);
  const socket = new WebSocket(relayUrl.replace('http', 'ws') + pathname, { headers });
  socket.on('error', () => undefined);
  return socket;
}

/** Why a socket was not let in: the status, and the code in the body. */
export async function refusalOf(socket: WebSocket): Promise<{ status: number | undefined; code: unknown }> {
  // The types of events are not those of `once`.
  const [request, response] = (await once(socket, 'unexpected-response')) as [{ destroy(): void }, IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  request.destroy();
  const { error } = JSON.parse(body) as { error: { code: unknown } };
  return { status: response.statusCode, code: error.code };
}
