import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createListener, type Server as Listener } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type History } from './history';
import { type Org } from './orgs';
import { type Act, type PlannedIntent } from './plan';
import { playFacts } from './plays';

/** The header by which each process of a relay is told from the others. */
export const lifeHeader = 'x-life';

/** The webhook of one org: plays with each request what was planned for its intent, and writes down what reached it. */
export class Hook {
  readonly #org: Org;
  readonly #history: History;
  readonly #intents: ReadonlyMap<string, PlannedIntent>;
  /** How many requests have come for each intent. */
  readonly #counts = new Map<string, number>();
  /** What this receiver has carried out, where it deduplicates. */
  readonly #done = new Set<string>();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** Stands before the server, because a server that closes also ends connections on which a request may be coming. */
  #listener: Listener | undefined;
  #port = 0;

  static async open(org: Org, intents: readonly PlannedIntent[], history: History): Promise<Hook> {
    const hook = new Hook(org, intents, history);
    await hook.#listen();
    return hook;
  }

  private constructor(org: Org, intents: readonly PlannedIntent[], history: History) {
    this.#org = org;
    this.#history = history;
    this.#intents = new Map(intents.map((intent) => [intent.key.intentId, intent]));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /**
   * Refuses new connections for so long. Those that are open live until their next answer: cut off without one, they
   * would leave their sender in a doubt that nobody planned.
   */
  async refuseFor(ms: number): Promise<void> {
    this.#history.add({ kind: 'injected', what: 'hook_close', org: this.#org });
    this.#listener?.close();
    this.#listener = undefined;
    await sleep(ms);
    await this.#listen();
    this.#history.add({ kind: 'injected', what: 'hook_open', org: this.#org });
  }

  close(): void {
    this.#listener?.close();
    this.#server.closeAllConnections();
  }

  async #listen(): Promise<void> {
    const listener = createListener((socket) => this.#server.emit('connection', socket));
    await new Promise<void>((resolve) => listener.listen(this.#port, '127.0.0.1', resolve));
    // A server that listens on TCP has an address with a port.
    this.#port = (listener.address() as AddressInfo).port;
    this.#listener = listener;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const intentId = String(request.headers['idempotency-key']).replaceAll('"', '');
    const send = this.#counts.get(intentId) ?? 0;
    this.#counts.set(intentId, send + 1);
    const { acts } = this.#intents.get(intentId) ?? { acts: unplanned };
    const act = acts[Math.min(send, acts.length - 1)] ?? acts[0];
    const body = act.play === 'reset_early' ? undefined : await bodyOf(request);
    this.#history.add({
      kind: 'received',
      intentId,
      send,
      org: this.#org,
      life: String(request.headers[lifeHeader]),
      play: act.play,
      did: body !== undefined && this.#does(intentId, act),
      ...(body !== undefined && { bodyHash: createHash('sha256').update(body).digest('hex') }),
    });
    if (this.#listener === undefined) response.setHeader('connection', 'close');
    await perform(act, slowMsOf(intentId), request, response);
    if (act.play !== 'hang') this.#history.add({ kind: 'replied', intentId, send });
  }

  #does(intentId: string, { play, isDone }: Act): boolean {
    const { means } = playFacts[play];
    if (means === 'refused' || means === 'not_taken' || (means === 'doubtful' && !isDone)) return false;
    if (this.#org !== 'org_deduplicates') return true;
    if (this.#done.has(intentId)) return false;
    this.#done.add(intentId);
    return true;
  }
}

const unplanned: readonly [Act] = [{ play: 'refuse', isDone: false }];

async function perform(
  { play }: Act,
  slowMs: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (play) {
    case 'accept':
      response.end('{"status":"success"}');
      break;
    case 'accept_slowly':
      await sleep(slowMs);
      response.end('{"status":"success"}');
      break;
    case 'accept_cut':
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"status":', () => request.socket.destroy());
      break;
    case 'refuse':
      response.writeHead(400).end();
      break;
    case 'too_many':
      response.writeHead(429, { 'retry-after': '1' }).end();
      break;
    case 'fail':
      response.writeHead(500).end();
      break;
    case 'hang':
      break;
    case 'reset_early':
    case 'reset_late':
      request.socket.resetAndDestroy();
  }
}

/** How long a slow answer takes at most, in milliseconds: shorter than any call's deadline. */
const slowlyMs = 400;

/** How long its slow answer takes: of one intent always the same. */
function slowMsOf(intentId: string): number {
  return Number.parseInt(intentId.slice(0, 4), 16) % slowlyMs;
}

/** The whole body; undefined if its sender died in the middle of it. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}
