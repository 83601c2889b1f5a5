import { type RelayDoor } from './wire';

/** The relay's origin as carriers know and sign it. */
export const publicUrl = 'https://relay.example.com';

/** Who calls, and which number. */
export const [caller, called] = ['+15550001111', '+15550002222'];

/** Asks a relay's webhook about a call. @returns what is to be done. @throws Error where it is not said. */
export async function ask(
  { host }: RelayDoor,
  carrier: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const response = await fetch(`http://${host}${voicePath(carrier)}`, { method: 'POST', headers, body });
  const answer = await response.text();
  if (!response.ok) throw new Error(`The relay took no call of ${carrier}: HTTP ${response.status}, ${answer}`);
  return answer;
}

export const voicePath = (carrier: string) => `/telephony/${carrier}/voice`;

export const formType = { 'content-type': 'application/x-www-form-urlencoded' };
export const jsonType = { 'content-type': 'application/json' };

/** Finds something in a document of the relay's. @throws Error where it is not there. */
export function find(pattern: RegExp, document: string): string {
  const found = pattern.exec(document)?.[1];
  if (found === undefined) throw new Error(`A call is not to be streamed: ${document}`);
  return found;
}

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
