import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRecord, tryParseJson } from '../protocol/json';

/** A request to a carrier's HTTP interface. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: string;
}

export interface RestAnswer {
  readonly status: number;
  /** Sent as JSON; without one the answer has no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong with one request. */
export type RestFault =
  /** Nothing is done, and nothing is answered. */
  | 'hang'
  /** Nothing is done, and the connection breaks. */
  | 'drop'
  /** It is done, and the connection breaks before the answer. */
  | 'lose_answer'
  /** It is not done. */
  | { readonly status: number; readonly body?: unknown; readonly retryAfterSeconds?: number }
  /** It is done so much later, in real milliseconds. */
  | { readonly delayMs: number };

/** What was asked and answered, without credentials; `status` is missing where nothing was. */
export interface RestRecord {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number | undefined;
}

/** An HTTP server that stands for a carrier's. */
export class RestServer {
  /** Everything asked so far, in order of being answered. */
  readonly requests: RestRecord[] = [];
  private readonly faults: RestFault[] = [];
  private readonly watchers = new Set<() => void>();
  private readonly waiting = new Set<NodeJS.Timeout>();
  private readonly server = createServer((request, response) => {
    void this.receive(request, response);
  });

  private constructor(private readonly answer: (request: RestRequest) => RestAnswer) {}

  /** Listens on a port of 127.0.0.1, by default a free one. */
  static async start(answer: (request: RestRequest) => RestAnswer, port = 0): Promise<RestServer> {
    const rest = new RestServer(answer);
    await new Promise<void>((resolve, reject) => {
      rest.server.once('error', reject);
      rest.server.listen(port, '127.0.0.1', resolve);
    });
    return rest;
  }

  /** Such as `http://127.0.0.1:40123`. */
  get url(): string {
    // A cast, because `address` is a string only for servers on a pipe.
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What happens to the next requests, one each. */
  failNext(...faults: readonly RestFault[]): void {
    this.faults.push(...faults);
  }

  /** Resolves when this many requests have come in and been dealt with. */
  async until(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.watchers.add(resolve));
  }

  async close(): Promise<void> {
    for (const timer of this.waiting) clearTimeout(timer);
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    if (request === undefined) return;
    const fault = this.faults.shift();
    if (fault === 'hang') this.record(request, undefined);
    else if (fault === 'drop') {
      this.record(request, undefined);
      response.destroy();
    } else if (fault === 'lose_answer') {
      this.record(request, this.answer(request).status);
      response.destroy();
    } else if (fault === undefined) this.finish(request, response, this.answer(request));
    else if ('status' in fault) this.finish(request, response, spoiled(fault));
    else this.later(fault.delayMs, () => this.finish(request, response, this.answer(request)));
  }

  private finish(request: RestRequest, response: ServerResponse, { status, body, headers }: RestAnswer): void {
    this.record(request, status);
    response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  private later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      run();
    }, ms);
    this.waiting.add(timer);
  }

  private record({ method, path, body }: RestRequest, status: number | undefined): void {
    this.requests.push({ method, path, body, status });
    for (const watch of this.watchers) watch();
    this.watchers.clear();
  }
}

/** The form fields of a request, or `undefined` if it is no form. */
export function formOf({ contentType, body }: RestRequest): URLSearchParams | undefined {
  return contentType === 'application/x-www-form-urlencoded' ? new URLSearchParams(body) : undefined;
}

/** The members of a JSON object in a request, or `undefined` if there is none. */
export function jsonOf({ body }: RestRequest): Readonly<Record<string, unknown>> | undefined {
  const value = tryParseJson(body);
  return isRecord(value) ? value : undefined;
}

/** Whether a request carries this name and password (HTTP Basic). */
export function hasBasic({ authorization }: RestRequest, user: string, password: string): boolean {
  return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function read(incoming: IncomingMessage): Promise<RestRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    // A cast, because a request without an encoding set yields buffers.
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // The caller went away in the middle of its own request.
    return undefined;
  }
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    authorization: incoming.headers.authorization,
    contentType: (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    body: Buffer.concat(chunks).toString(),
  };
}

function spoiled({ status, body, retryAfterSeconds }: Extract<RestFault, { status: number }>): RestAnswer {
  return {
    status,
    ...(body === undefined ? {} : { body }),
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
  };
}
