import { connect } from 'node:net';
import { realEdge } from '../../../pipeline/edge';
import { MemoryStore } from '../../../pipeline/store/memory';
import { outcomeOf, type RealtimeHandler, type ToolOutcome } from '../../../pipeline';
import { appointment } from '../../pipeline/support/appointment';
import { Closing } from '../../pipeline/support/closing';
import { LogLines } from '../../pipeline/support/log-lines';
import { bookingCall, pipeline } from '../../pipeline/support/pipeline';
import { RawServer } from '../../pipeline/support/raw-server';
import { accept, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { FaultProxy } from '../../support/fault-proxy';
import { type Certificate, type Certificates } from './certificates';

/** A pipeline and its webhook, with a proxy between them. */
export interface Scene {
  readonly proxy: FaultProxy;
  /** Receives the requests, over `http` or behind TLS. */
  readonly hook: WebhookCatcher;
  readonly certificates: Certificates;
  /** What the scene opens is closed at its end. */
  readonly opened: Closing;
  /** The port of a server that ends TLS with this certificate before the hook. */
  readonly tls: (certificate: Certificate) => Promise<number>;
}

/** Makes something go wrong, before anything is sent. What it returns is awaited, and means nothing. */
export type Strike = (scene: Scene) => unknown;

/** Something that goes wrong between the pipeline and its webhook. */
export interface WebhookFault {
  readonly fault: string;
  readonly strike: Strike;
  /** Requests that reach the hook whole. */
  readonly received: number;
  /** How often the pipeline tries; left out where time decides. */
  readonly attempts?: number;
  /** Default `http`. */
  readonly scheme?: 'https';
  /** The webhook's URL where the fault lies in it and not on the way; the network cannot be healed then. */
  readonly url?: (scene: Scene) => string | Promise<string>;
  /** The webhook asks to be left alone for longer than any call lasts, so that the same call is not sent then either. */
  readonly rests?: true;
  /** Only the deadline ends it. */
  readonly lasts?: true;
}

/** What came of a call, and of the same call after the network was healed. */
export interface Landing {
  readonly outcome: ToolOutcome;
  readonly received: number;
  readonly attempts: number;
  readonly again: { readonly outcome: ToolOutcome; readonly received: number } | 'not tried';
}

/** Long enough for a request to arrive on a busy machine, for faults that only the deadline ends. */
const shortDeadlineMs = 4_000;
const longDeadlineMs = 25_000;

/** Makes a call through a fault, and again when the fault is over. */
export async function land(row: WebhookFault, certificates: Certificates): Promise<Landing> {
  const opened = new Closing();
  try {
    return await landIn(opened, row, certificates);
  } finally {
    await opened.all();
  }
}

async function landIn(opened: Closing, row: WebhookFault, certificates: Certificates): Promise<Landing> {
  const scene = await openScene(opened, certificates);
  const { proxy, hook } = scene;
  const target = row.scheme === 'https' ? await scene.tls(certificates.good) : hook.port;
  proxy.target = target;
  await row.strike(scene);

  const log = new LogLines();
  const url = (await row.url?.(scene)) ?? `${row.scheme ?? 'http'}://127.0.0.1:${proxy.port}/hooks/catch/1/secret/`;
  const handler = pipeline(opened, {
    store: new MemoryStore(),
    url,
    webhook: { ca: certificates.ca, allowPrivateNetwork: true },
    deadlineMs: row.lasts === true ? shortDeadlineMs : longDeadlineMs,
    log,
    edge: { ...realEdge, random: () => 0 },
  });
  const outcome = await book(handler);
  const attempts = attemptsIn(log);
  const received = hook.requests.length;
  if (row.url !== undefined) return { outcome, received, attempts, again: 'not tried' };

  proxy.target = target;
  hook.answers = [accept];
  await proxy.heal();
  return { outcome, received, attempts, again: { outcome: await book(handler), received: hook.requests.length } };
}

async function openScene(opened: Closing, certificates: Certificates): Promise<Scene> {
  const hook = opened.add(await WebhookCatcher.start(), (catcher) => catcher.close());
  const proxy = opened.add(await FaultProxy.start(), (each) => each.close());
  const tls = async (certificate: Certificate): Promise<number> => {
    const server = await RawServer.tls(certificate, (socket) => {
      const plain = connect(hook.port, '127.0.0.1');
      plain.on('error', () => socket.destroy());
      socket.pipe(plain).pipe(socket);
    });
    return opened.add(server, (each) => each.close()).port;
  };
  return { proxy, hook, certificates, opened, tls };
}

/** A request of more than two kilobytes, whose head is surely within the first. */
async function book(handler: RealtimeHandler): Promise<ToolOutcome> {
  const toolArgs = { ...appointment, title: 'Demo '.repeat(400) };
  return outcomeOf(await handler.handleToolCall(bookingCall({ toolArgs })));
}

/** A place within the head of the request, and one within its body. */
export const inHead = 40;
export const inBody = 1_500;

const attemptsIn = (log: LogLines): number =>
  log.messages.filter((message) => message === 'Executing Zapier webhook for intent').length;
