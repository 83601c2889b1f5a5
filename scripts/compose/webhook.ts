import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** A delivery, as the receiver needs it. */
const deliverySchema = z.object({
  intent_id: z.string(),
  tool_args: z.looseObject({ attendee_email: z.string() }),
});

export type Delivery = z.infer<typeof deliverySchema>;

/** How long it takes over every delivery, in milliseconds, so that some are always under way. */
const answerMs = 150;

/** The receiver of bookings. Accepts everything, and remembers it. */
export class Webhook {
  readonly deliveries: Delivery[] = [];
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));

  static async open(port: number, address: string): Promise<Webhook> {
    const webhook = new Webhook();
    webhook.#server.listen(port, address);
    await once(webhook.#server, 'listening');
    return webhook;
  }

  /** How often each intent was delivered, by its id. */
  get timesByIntent(): ReadonlyMap<string, number> {
    const groups = Map.groupBy(this.deliveries, ({ intent_id: id }) => id);
    return new Map([...groups].map(([id, deliveries]) => [id, deliveries.length]));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.deliveries.push(deliverySchema.parse(JSON.parse(await text(request))));
    } catch {
      // Whoever sent it was killed in the middle of it; what did not arrive whole was not delivered.
      response.destroy();
      return;
    }
    await sleep(answerMs);
    response.setHeader('content-type', 'application/json').end('{"status":"success"}');
  }
}
