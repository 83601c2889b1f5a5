import { startSimulator, type Simulator, type SimulatorOptions } from '../../../../simulator';
import { type RelayConfig } from '../../../../src/config';
import { loggerTo } from '../../../../src/log';
import { type RunningRelay, startRelay } from '../../../../src/server';
import { type Closing } from '../../../pipeline/support/closing';
import { type Answer, WebhookCatcher } from '../../../pipeline/support/webhook-catcher';
import { configWith, withLimits } from '../../../src/support/relay';

/** A relay as `npm run demo` starts it: a stand-in for OpenAI and a receiver of webhooks behind it, the page in front. */
export interface WebHouse {
  readonly simulator: Simulator;
  readonly hook: WebhookCatcher;
  readonly relay: RunningRelay;
  /** The page's address. */
  readonly url: string;
}

/** What differs from the demo. */
export interface WebHouseParts {
  readonly simulator?: SimulatorOptions;
  /** What the webhook answers, one after the other. */
  readonly answers?: readonly Answer[];
  /** Settings; by default the org has no key, so that this machine gets in without one. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly limits?: Partial<RelayConfig['limits']>;
  /** Of the org's webhook. */
  readonly webhook?: { readonly deadlineMs?: number };
  /** Of the org: what the model is told, and the like. */
  readonly session?: RelayConfig['orgs'][number]['session'];
  readonly isDemo?: boolean;
  /** The pages of the org, where they are not the relay's own. */
  readonly allowedOrigins?: readonly string[];
  /** The folder of the built page. */
  readonly page: string;
}

/** Opens a house on free ports that is closed after the test. */
export async function openWebHouse(opened: Closing, parts: WebHouseParts): Promise<WebHouse> {
  const simulator = opened.add(await startSimulator(parts.simulator), (running) => running.close());
  const hook = opened.add(await WebhookCatcher.start(...(parts.answers ?? [])), (catcher) => catcher.close());
  const relay = opened.add(
    await startRelay(configOf(parts, simulator, hook), loggerTo({ write: () => undefined })),
    (running) => running.stop(),
  );
  return { simulator, hook, relay, url: `${relay.url}/` };
}

function configOf(
  { variables, limits, webhook, session, isDemo = false, page, allowedOrigins }: WebHouseParts,
  simulator: Simulator,
  hook: WebhookCatcher,
): RelayConfig {
  const config = configWith(
    { RELAY_API_KEY: '', OPENAI_REALTIME_URL: simulator.url, ZAPIER_WEBHOOK_URL: hook.url, ...variables },
    { page: { folder: page, isDemo } },
  );
  const orgs = config.orgs.map((org) => ({
    ...org,
    ...(org.webhook && { webhook: { ...org.webhook, ...webhook } }),
    ...(session && { session }),
    ...(allowedOrigins && { allowedOrigins }),
  }));
  // A test that ends in the middle of a conversation does not wait for its end.
  return withLimits({ ...config, orgs }, { drainMs: 0, ...limits });
}
