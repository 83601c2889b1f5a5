import { listen, type Listener } from '../wire/listen';
import { type Peer } from '../wire/peer';
import { type WireFrame } from '../wire/frame';

/** An event of the Realtime protocol, of which nothing is known but its type. */
export type WireEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/**
 * The least that a relay takes for OpenAI: it greets, and acknowledges every configuration. Whatever else shall be said
 * in a session is up to the measure.
 */
export class Upstream {
  readonly #waiting: ((session: Peer) => void)[] = [];
  readonly #listener: Listener;

  private constructor(listener: Listener) {
    this.#listener = listener;
  }

  static async start(): Promise<Upstream> {
    const upstream: Upstream = new Upstream(await listen((peer) => upstream.#greet(peer)));
    return upstream;
  }

  get url(): string {
    return this.#listener.url;
  }

  /**
   * Upstream's end of the session that is opened next; the caller opens one at a time, and takes over `onMessage` once
   * the client has been greeted.
   */
  nextSession(): Promise<Peer> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  #greet(peer: Peer): void {
    peer.onMessage = (frame) => {
      const { type, session } = eventIn(frame);
      if (type === 'session.update') peer.send({ type: 'session.updated', event_id: 'event_updated', session });
    };
    peer.send({ type: 'session.created', event_id: 'event_created', session: { type: 'realtime', id: 'sess_bench' } });
    this.#waiting.shift()?.(peer);
  }
}

/** Parses a text frame, whose sender is known to send events only. */
export function eventIn(frame: WireFrame): WireEvent {
  return JSON.parse(frame.payload().toString()) as WireEvent;
}
