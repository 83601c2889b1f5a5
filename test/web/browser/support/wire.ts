import { EventEmitter, once } from 'node:events';
import { type Page } from 'playwright-core';
import { isRecord } from '../../../../simulator/protocol/json';

/** One message on a page's WebSocket. */
export interface WireEvent {
  readonly from: 'page' | 'relay';
  /** On which of the page's connections, counted from 0. */
  readonly connection: number;
  readonly type: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly raw: string;
}

/** Everything a page says to the relay and hears from it; made before the page connects. */
export class Wire {
  readonly events: WireEvent[] = [];
  readonly addresses: string[] = [];
  readonly #happened = new EventEmitter();
  #closed = 0;

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      const connection = this.addresses.push(socket.url()) - 1;
      const note = (from: WireEvent['from'], payload: string | Buffer) => {
        const raw = payload.toString();
        const json: unknown = JSON.parse(raw);
        if (!isRecord(json)) throw new Error('not an event');
        this.events.push({ from, connection, type: String(json['type']), json, raw });
        this.#happened.emit('event');
      };
      socket.on('framesent', ({ payload }) => note('page', payload));
      socket.on('framereceived', ({ payload }) => note('relay', payload));
      socket.on('close', () => {
        this.#closed += 1;
        this.#happened.emit('event');
      });
    });
  }

  /** Resolves with the event of this type and side that comes as number `count`. */
  async next(from: WireEvent['from'], type: string, count = 1): Promise<WireEvent> {
    for (;;) {
      const found = this.all(from, type)[count - 1];
      if (found !== undefined) return found;
      await once(this.#happened, 'event');
    }
  }

  /** Resolves when so many connections have been closed. */
  async closed(count = 1): Promise<void> {
    while (this.#closed < count) await once(this.#happened, 'event');
  }

  /** All of this type so far. */
  all(from: WireEvent['from'], type: string): WireEvent[] {
    return this.events.filter((event) => event.from === from && event.type === type);
  }
}
