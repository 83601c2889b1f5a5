import { type RunningSubject } from '../subjects/subject';
import { dial } from '../wire/dial';
import { type Peer } from '../wire/peer';
import { eventIn, type Upstream } from './upstream';

/** A session with both of its ends in our hands, so that one clock tells how long a frame took in between. */
export interface Call {
  readonly client: Peer;
  readonly upstream: Peer;
}

/** Opens calls through a subject, one after the other. */
export async function openCalls(subject: RunningSubject, upstream: Upstream, count: number): Promise<Call[]> {
  const calls: Call[] = [];
  while (calls.length < count) calls.push(await openCall(subject, upstream));
  return calls;
}

export async function openCall(subject: RunningSubject, upstream: Upstream): Promise<Call> {
  const session = upstream.nextSession();
  const client = await dial(subject.url);
  const isOpen = new Promise<void>((resolve, reject) => {
    client.onMessage = (frame) => {
      if (eventIn(frame).type === 'session.created') resolve();
    };
    client.onGone = () => reject(new Error('The subject closed a session that was just opened.'));
  });
  const [end] = await Promise.all([session, isOpen]);
  for (const peer of [client, end]) peer.onMessage = peer.onGone = () => undefined;
  return { client, upstream: end };
}

export function hangUp(calls: readonly Call[]): void {
  for (const { client, upstream } of calls) {
    client.destroy();
    upstream.destroy();
  }
}
