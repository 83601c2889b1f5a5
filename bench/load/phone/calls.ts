import { type RunningSubject } from '../../subjects/subject';
import { dial } from '../../wire/dial';
import { type Call } from '../calls';
import { eventIn, type Upstream } from '../upstream';
import { type CarrierApi } from './api';
import { type PhoneWire, type RelayDoor } from './wire';

/** Rings at a relay, one call after the other, and follows what it says. */
export async function openPhoneCalls(
  wire: PhoneWire,
  api: CarrierApi,
  relay: RunningSubject,
  upstream: Upstream,
  count: number,
): Promise<Call[]> {
  const door = { host: new URL(relay.url).host, api };
  const calls: Call[] = [];
  while (calls.length < count) calls.push(await openPhoneCall(wire, door, upstream, callId(calls.length)));
  return calls;
}

const callId = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function openPhoneCall(wire: PhoneWire, door: RelayDoor, upstream: Upstream, id: string): Promise<Call> {
  const session = upstream.nextSession();
  const { url, headers } = await wire.ring(id, door);
  const { pathname, search } = new URL(url);
  const client = await dial(`ws://${door.host}${pathname}${search}`, headers);
  const end = await session;
  const greet = end.onMessage;
  const isListening = new Promise<void>((resolve, reject) => {
    end.onMessage = (frame) => {
      greet(frame);
      if (eventIn(frame).type === 'response.create') resolve();
    };
    client.onGone = () => reject(new Error('The relay closed a call that was just connected.'));
  });
  for (const message of wire.opening(id)) client.send(message);
  await isListening;
  for (const peer of [client, end]) peer.onMessage = peer.onGone = () => undefined;
  return { client, upstream: end };
}
