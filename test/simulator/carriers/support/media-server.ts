import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';

/** A webhook request as it came in. */
export interface WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body: string;
}

const running: MediaServer[] = [];

/** For `afterEach`. */
export async function closeMediaServers(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()));
}

/** The least that a carrier can talk to: webhooks answered by a function, and media sockets that a test holds. */
export class MediaServer {
  readonly requests: WebhookRequest[] = [];
  readonly upgrades: IncomingMessage[] = [];
  /** Answers upgrades with this status instead. */
  refuseWith: number | undefined;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly streams: Stream[] = [];
  private readonly waiting: ((stream: Stream) => void)[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const asked = { method, url, headers, body: Buffer.concat(chunks).toString() };
      this.requests.push(asked);
      const { status = 200, contentType = 'text/xml', body } = this.answer(asked);
      response.writeHead(status, { 'content-type': contentType }).end(body);
    });
  });

  private constructor(private readonly answer: (request: WebhookRequest) => WebhookAnswer) {
    this.server.on('upgrade', (request, connection, head) => {
      this.upgrades.push(request);
      if (this.refuseWith !== undefined) {
        connection.end(`HTTP/1.1 ${this.refuseWith} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.sockets.handleUpgrade(request, connection, head, (socket) => {
        const stream = new Stream(socket);
        const waiter = this.waiting.shift();
        if (waiter === undefined) this.streams.push(stream);
        else waiter(stream);
      });
    });
  }

  static async start(answer: string | ((request: WebhookRequest) => WebhookAnswer)): Promise<MediaServer> {
    const server = new MediaServer(typeof answer === 'string' ? () => ({ body: answer }) : answer);
    running.push(server);
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next media socket that connects. */
  stream(): Promise<Stream> {
    const stream = this.streams.shift();
    return stream === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(stream);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** One media socket, from the server's side. */
export class Stream {
  readonly frames: (string | Buffer)[] = [];
  readonly closed: Promise<number>;
  private readonly waiting: { fits: (frame: string | Buffer) => boolean; done: (frame: string | Buffer) => void }[] =
    [];
  private read = 0;

  constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('message', (data: RawData, isBinary) => {
      // A cast, because `ws` hands over one buffer unless told otherwise.
      this.frames.push(isBinary ? (data as Buffer) : (data as Buffer).toString());
      this.serve();
    });
  }

  /** The next text message, after the last one taken, in which these members stand. */
  async next(members: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const fits = (frame: string | Buffer) =>
      typeof frame === 'string' &&
      Object.entries(members).every(([name, value]) => (JSON.parse(frame) as Record<string, unknown>)[name] === value);
    const frame = await this.take(fits);
    return JSON.parse(frame.toString()) as Record<string, unknown>;
  }

  /** All messages so far in which `event` is this. */
  events(event: string): Record<string, unknown>[] {
    return this.frames
      .filter((frame) => typeof frame === 'string')
      .map((frame) => JSON.parse(frame) as Record<string, unknown>)
      .filter((message) => message['event'] === event);
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  private take(fits: (frame: string | Buffer) => boolean): Promise<string | Buffer> {
    return new Promise((done) => {
      this.waiting.push({ fits, done });
      this.serve();
    });
  }

  private serve(): void {
    const waiter = this.waiting[0];
    if (waiter === undefined) return;
    for (let at = this.read; at < this.frames.length; at += 1) {
      const frame = this.frames[at];
      if (frame === undefined || !waiter.fits(frame)) continue;
      this.read = at + 1;
      this.waiting.shift();
      waiter.done(frame);
      this.serve();
      return;
    }
  }
}
