import { createHmac } from 'node:crypto';

/**
 * The signature that Twilio puts on its requests, and SignalWire on its webhooks: the URL as it is configured, then every
 * form field sorted by name (protocol reference, section 2). A WebSocket's URL is signed with `wss:` and without fields.
 */
export function twimlSignature(key: string, url: string, fields: Readonly<Record<string, string>> = {}): string {
  const names = Object.keys(fields).sort();
  const signed = url + names.map((name) => name + (fields[name] ?? '')).join('');
  return createHmac('sha1', key).update(signed).digest('base64');
}
