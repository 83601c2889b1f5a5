import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { z } from 'zod';

/** How a request is met. */
export type Reply = 'accept' | 'refuse' | 'too_many' | 'fail' | 'cut' | 'hold';

/** The webhook's end: it outlives the processes that send, and knows what reached it. */
export class Receiver {
  readonly #replies = new Map<string, Reply>();
  readonly #requests = new Map<string, Reply[]>();
  readonly #awaited = new Map<string, () => void>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #onQuiet: () => void = () => undefined;

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.on('connection', (socket: Socket) => receiver.#watch(socket));
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** How the requests of this title are met from now on; `accept` where nothing was said. */
  meet(title: string, reply: Reply): void {
    this.#replies.set(title, reply);
  }

  /** Resolves when a request of this title has come. */
  received(title: string): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(title, resolve));
  }

  /** How many requests of this title have come. */
  requests(title: string): number {
    return this.#requests.get(title)?.length ?? 0;
  }

  /** How many of them may have had an effect: all but those that were refused. */
  effects(title: string): number {
    return (this.#requests.get(title) ?? []).filter((reply) => reply !== 'refuse' && reply !== 'too_many').length;
  }

  /** Resolves when no connection is open: then whatever a dead sender sent has come, or never will. */
  async quiet(): Promise<void> {
    if (this.#sockets.size > 0) await new Promise<void>((resolve) => (this.#onQuiet = resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onQuiet();
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const title = await titleOf(request).catch(() => undefined);
    // Its sender died in the middle of it.
    if (title === undefined) return;
    const reply = this.#replies.get(title) ?? 'accept';
    this.#requests.set(title, [...(this.#requests.get(title) ?? []), reply]);
    this.#awaited.get(title)?.();
    switch (reply) {
      case 'accept':
        response.end('{"status":"success"}');
        break;
      case 'refuse':
        response.writeHead(400).end();
        break;
      case 'too_many':
        response.writeHead(429).end();
        break;
      case 'fail':
        response.writeHead(500).end();
        break;
      case 'cut':
        request.socket.destroy();
        break;
      case 'hold':
    }
  }
}

async function titleOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString())).tool_args.title;
}

const bodySchema = z.object({ tool_args: z.object({ title: z.string() }) });
