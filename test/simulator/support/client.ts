import { once } from 'node:events';
import { WebSocket } from 'ws';
import { isRecord } from '../../../simulator/protocol/json';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator';

/** A server event as a test looks at it: keys in the order they came in, depths found with `at`. */
export interface Received {
  readonly type: string;
  readonly raw: string;
  readonly json: Record<string, unknown>;
}

/** A raw WebSocket client that remembers everything and can wait for what is still to come. */
export class Client {
  readonly events: Received[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly watchers = new Set<() => void>();
  private cursor = 0;

  constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        for (const watch of this.watchers) watch();
      });
    });
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const json: unknown = JSON.parse(data.toString());
      if (!isRecord(json) || typeof json['type'] !== 'string') throw new Error('not an event');
      this.events.push({ type: json['type'], raw: data.toString(), json });
      for (const watch of this.watchers) watch();
    });
  }

  send(event: unknown): void {
    this.socket.send(typeof event === 'string' ? event : JSON.stringify(event));
  }

  /** The next event of a type after the last one this returned. */
  async next(type: string): Promise<Received> {
    for (;;) {
      const at = this.events.findIndex((event, index) => index >= this.cursor && event.type === type);
      const found = this.events[at];
      if (found !== undefined) {
        this.cursor = at + 1;
        return found;
      }
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed before ${type}; got ${this.types().join(', ')}`);
      await new Promise<void>((resolve) => {
        const watch = () => {
          this.watchers.delete(watch);
          resolve();
        };
        this.watchers.add(watch);
      });
    }
  }

  /** Sends an event and returns the error it is refused with. */
  async refused(event: unknown): Promise<Record<string, unknown>> {
    this.send(event);
    const { json } = await this.next('error');
    return record(json['error']);
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  all(type: string): Received[] {
    return this.events.filter((event) => event.type === type);
  }

  say(text: string): void {
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
  }

  /** Says something, asks for a response, and returns it when it is done. */
  async ask(text: string): Promise<Record<string, unknown>> {
    this.say(text);
    this.send({ type: 'response.create' });
    return this.done();
  }

  async done(): Promise<Record<string, unknown>> {
    return record((await this.next('response.done')).json['response']);
  }

  async update(session: Record<string, unknown>): Promise<void> {
    this.send({ type: 'session.update', session: { type: 'realtime', ...session } });
    await this.next('session.updated');
  }
}

const running: { simulator: Simulator; clients: Client[] }[] = [];

/** A simulator that speaks at once, closed by `closeAll`. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ pace: 'instant', ...options });
  running.push({ simulator, clients: [] });
  return simulator;
}

/** A client of a simulator, connected and past `session.created`. */
export async function connect(simulator: Simulator, model = 'gpt-realtime-2.1'): Promise<Client> {
  const socket = new WebSocket(`${simulator.url}?model=${model}`, { headers: { authorization: 'Bearer sk-test' } });
  const client = new Client(socket);
  running.find((one) => one.simulator === simulator)?.clients.push(client);
  await once(socket, 'open');
  await client.next('session.created');
  return client;
}

/** Both at once, for tests that need only one of each. */
export async function session(
  options: SimulatorOptions = {},
  model?: string,
): Promise<{ simulator: Simulator; client: Client }> {
  const simulator = await start(options);
  return { simulator, client: await connect(simulator, model) };
}

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const { simulator, clients } of running.splice(0)) {
    for (const { socket } of clients) socket.terminate();
    await simulator.close();
  }
}

export function record(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function list(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new Error(`not an array: ${JSON.stringify(value)}`);
  return value.map(record);
}
