import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Closing } from './closing';

export interface CaughtRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The connection it came over, the same number for the same connection. */
  readonly port: number | undefined;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers as Zapier does. */
export const accept: Answer = (response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"status":"success","attempt":"a-1","id":"zap-1","request_id":"zap-1"}');
};

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(code, headers).end();
  };

/** Never answers. */
export const hang: Answer = () => undefined;

/** Starts catchers that are closed after the test. */
export const catching =
  (opened: Closing) =>
  async (...answers: Answer[]): Promise<WebhookCatcher> =>
    opened.add(await WebhookCatcher.start(...answers), (catcher) => catcher.close());

/** A real HTTP server in the webhook's place, which keeps what it was sent. */
export class WebhookCatcher {
  readonly requests: CaughtRequest[] = [];
  /** How requests are answered: the first takes the first answer, and the last answer stays. */
  answers: Answer[] = [accept];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #server = createServer((request, response) => this.#catch(request, response));

  static async start(...answers: Answer[]): Promise<WebhookCatcher> {
    const catcher = new WebhookCatcher();
    if (answers.length > 0) catcher.answers = answers;
    await new Promise<void>((resolve) => catcher.#server.listen(0, '127.0.0.1', resolve));
    return catcher;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hooks/catch/1/secret/`;
  }

  /** Resolves when so many requests have come. */
  caught(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.requests.length >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }

  /** Closes the connections on which nothing is being asked. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #catch(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = this.answers[Math.min(this.requests.length, this.answers.length - 1)] ?? accept;
      this.requests.push({
        method: request.method,
        path: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        port: request.socket.remotePort,
      });
      for (const { count, resolve } of this.#waiting) if (this.requests.length >= count) resolve();
      answer(response, request);
    });
  }
}
