import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { WebSocket } from 'ws';
import { type Simulator, startSimulator } from '../../simulator';
import { type Closing } from '../pipeline/support/closing';
import { selfSigned } from '../pipeline/support/certificate';
import { RawServer } from '../pipeline/support/raw-server';
import { type Answer, hang, WebhookCatcher } from '../pipeline/support/webhook-catcher';
import { hangUp } from '../e2e/support/house';
import { Client } from '../simulator/support/client';
import { readAnswer } from '../src/support/raw-http';
import { keyOf } from './config-file';
import { conversation, secrets } from './marks';
import { scenario } from './scenario';

/** Webhooks that each fail in a way of their own, by the id of the org that has them. */
export async function failingHooks(opened: Closing): Promise<Record<string, string>> {
  const answering = async (answer: Answer) => {
    const catcher = opened.add(await WebhookCatcher.start(answer), (running) => running.close());
    return `http://127.0.0.1:${catcher.port}/`;
  };
  const says =
    (status: number, headers: Record<string, string> = {}): Answer =>
    (response) =>
      void response.writeHead(status, headers).end(secrets.webhookAnswer);
  const raw = async (answer: string) => {
    const server = await RawServer.tcp((socket) =>
      socket.on('data', () => (answer === '' ? socket.resetAndDestroy() : socket.end(answer))),
    );
    opened.add(server, (running) => running.close());
    return `http://127.0.0.1:${server.port}/`;
  };
  const tls = opened.add(await RawServer.tls(await selfSigned(), () => undefined), (running) => running.close());
  return {
    accepted: await answering(says(200)),
    client_error: await answering(says(400)),
    server_error: await answering(says(500)),
    redirect: await answering(says(302, { location: `http://127.0.0.1/${secrets.redirect}` })),
    hanging: await answering(hang),
    refused: `http://127.0.0.1:${await closedPort()}/`,
    reset: await raw(''),
    not_http: await raw(`${secrets.webhookAnswer}\r\n\r\n`),
    tls: `https://127.0.0.1:${tls.port}/`,
  };
}

/** What upstream is in this life: it takes the relay's key alone, and says what the scenario says. */
export async function upstream(opened: Closing): Promise<Simulator> {
  const options = { pace: 'instant', apiKeys: [secrets.upstreamKey], scenario } as const;
  return opened.add(await startSimulator({ ...options, heard: [conversation.transcript] }), (running) =>
    running.close(),
  );
}

/** Calls and requests of all kinds to one relay, with everything that came back. */
export class Guests {
  readonly #clients: Client[] = [];
  readonly #errors: string[] = [];

  constructor(
    private readonly opened: Closing,
    private readonly url: string,
  ) {}

  /** Everything that clients were sent, their close reasons too. */
  async eventsOfClients(): Promise<string> {
    const closings = await Promise.all(this.#clients.map(({ closed }) => closed));
    const events = this.#clients.flatMap(({ events }) => events.map(({ raw }) => raw));
    return [...events, ...closings.map(({ reason }) => reason)].join('\n');
  }

  /** The bodies and headers of everything that was refused. */
  get refusals(): string {
    return this.#errors.join('\n');
  }

  dial(credential = keyOf('accepted')): Client {
    const headers = { authorization: `Bearer ${credential}` };
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/v1/realtime`, { headers });
    const client = new Client(this.opened.add(socket, hangUp));
    this.#clients.push(client);
    return client;
  }

  /** A call that has begun. */
  async call(credential?: string): Promise<Client> {
    const client = this.dial(credential);
    await client.next('session.created');
    return client;
  }

  /** A call in which one thing is asked for; it has ended when this returns. */
  async ask(words: string): Promise<Client> {
    const client = await this.call();
    client.say(words);
    client.send({ type: 'response.create', event_id: conversation.eventId });
    await Promise.race([client.done(), client.closed]).catch(() => undefined);
    await this.leave(client);
    return client;
  }

  async leave(client: Client): Promise<void> {
    client.socket.close();
    await client.closed;
  }

  /** One request. What is refused is kept. */
  async request(path: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    const { status, headers } = response;
    if (status >= 400) this.#errors.push(JSON.stringify([...headers]), text);
    return { status, text };
  }

  /** One tool call over HTTP. */
  execute(org: string, toolName: string, toolArgs: unknown, more: object = {}) {
    return this.request('/api/execute-intent', {
      method: 'POST',
      headers: { authorization: `Bearer ${keyOf(org)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ org_id: org, tool_name: toolName, tool_args: toolArgs, ...more }),
    });
  }

  /** Bytes that are no request, or no right one. */
  async write(bytes: string): Promise<void> {
    const socket = connect(Number(new URL(this.url).port), '127.0.0.1');
    socket.write(bytes);
    const { headers, body } = await readAnswer(socket);
    this.#errors.push(JSON.stringify(headers), body);
  }
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
