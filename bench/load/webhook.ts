import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOnAnyPort } from '../wire/listen';

/** The receiver of tool calls: accepts everything at once, or lets everything hang. */
export class Webhook {
  /** Whether requests that come now are never answered. */
  hangs = false;
  /** How long the last request was here, from its head to the end of the answer, in milliseconds. */
  lastMs = 0;
  /** Requests that came. */
  count = 0;
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => this.#take(request, response));
  }

  static async start(): Promise<Webhook> {
    const webhook = new Webhook();
    webhook.#port = await listenOnAnyPort(webhook.#server);
    return webhook;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const atMs = performance.now();
    this.count++;
    request.resume();
    if (this.hangs) return;
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end('{"status":"success"}');
      this.lastMs = performance.now() - atMs;
    });
  }
}
