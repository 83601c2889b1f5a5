import { WebSocket } from 'ws';
import {
  type Closing as Ending,
  type Simulator,
  type SimulatorOptions,
  type SocketSession,
  startSimulator,
} from '../../../simulator';
import { type RelayConfig } from '../../../src/config';
import { type TelephonySettings } from '../../../src/config/telephony';
import { loggerTo } from '../../../src/log';
import { type RunningRelay, startRelay } from '../../../src/server';
import { type Closing } from '../../pipeline/support/closing';
import { type Answer, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { Client } from '../../simulator/support/client';
import { bearer, configWith, orgKey, withLimits } from '../../src/support/relay';

/** The key that only the relay may know. */
export const upstreamKey = 'sk-upstream-0123456789';

/** A relay between a stand-in for OpenAI and a receiver of webhooks, all on real sockets. */
export interface House {
  readonly simulator: Simulator;
  readonly hook: WebhookCatcher;
  readonly relay: RunningRelay;
  /** Where Realtime clients connect. */
  readonly url: string;
  /** The relay's log, line by line. */
  readonly log: readonly string[];
}

/** What differs from the usual: a simulator that speaks at once, a webhook that accepts, an org with a key. */
export interface HouseParts {
  readonly simulator?: SimulatorOptions;
  /** What the webhook answers, one after the other. */
  readonly answers?: readonly Answer[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly limits?: Partial<RelayConfig['limits']>;
  /** Of the single org's webhook. */
  readonly webhook?: { readonly deadlineMs?: number; readonly signingSecrets?: string[]; readonly events?: string[] };
  /** The phone numbers of the single org. */
  readonly telephony?: TelephonySettings;
}

/** Opens a house that is closed after the test. */
export async function openHouse(opened: Closing, parts: HouseParts = {}): Promise<House> {
  const simulator = opened.add(
    await startSimulator({ pace: 'instant', apiKeys: [upstreamKey], ...parts.simulator }),
    (running) => running.close(),
  );
  const hook = opened.add(await WebhookCatcher.start(...(parts.answers ?? [])), (catcher) => catcher.close());
  const log: string[] = [];
  const relay = opened.add(
    await startRelay(configOf(simulator, hook, parts), loggerTo({ write: (line) => void log.push(line) })),
    (running) => running.stop(),
  );
  return { simulator, hook, relay, log, url: `${relay.url.replace('http', 'ws')}/v1/realtime` };
}

/** A bare client of a house, past `session.created` and closed after the test. */
export async function call(opened: Closing, { url }: Pick<House, 'url'>): Promise<Client> {
  const client = dial(opened, url);
  await client.next('session.created');
  return client;
}

/** A bare client that may be turned away. */
export function dial(opened: Closing, url: string): Client {
  const socket = opened.add(new WebSocket(url, { headers: bearer(orgKey) }), hangUp);
  return new Client(socket);
}

/** How a session upstream ended; waits until it has. */
export async function endOf(session: SocketSession): Promise<Ending | undefined> {
  await session.waitFor(() => false).catch(() => undefined);
  return session.closedWith;
}

/** Ends a connection without a word, so that a relay that is stopped need not wait for it. */
export function hangUp(socket: WebSocket): Promise<void> {
  socket.terminate();
  return Promise.resolve();
}

function configOf(
  simulator: Simulator,
  hook: WebhookCatcher,
  { variables, limits, webhook, telephony }: HouseParts,
): RelayConfig {
  const config = configWith({
    OPENAI_API_KEY: upstreamKey,
    OPENAI_REALTIME_URL: simulator.url,
    ZAPIER_WEBHOOK_URL: hook.url,
    ...variables,
  });
  const orgs = config.orgs.map((org) => ({
    ...org,
    ...(org.webhook && { webhook: { ...org.webhook, ...webhook } }),
    ...(telephony && { telephony }),
  }));
  // A test that ends in the middle of a conversation does not wait for its end.
  return withLimits({ ...config, orgs }, { drainMs: 0, ...limits });
}
