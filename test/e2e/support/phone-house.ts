import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator';
import { type DocumentCarrier } from '../../../simulator/carriers';
import { type OrgConfig, type RelayConfig } from '../../../src/config';
import { telephonySchema, type TelephonySettings } from '../../../src/config/telephony';
import { loggerTo } from '../../../src/log';
import { type RunningRelay, startRelay } from '../../../src/server';
import { type Closing } from '../../pipeline/support/closing';
import { WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { configWith, withLimits } from '../../src/support/relay';
import { upstreamKey } from './house';
import { carrierKinds, type CarrierName, phone } from './phone-carriers';

/** The relay's origin as carriers know it. */
export const publicUrl = 'https://relay.example.com';

export { phone };

/** A relay with a phone number, the carrier that number belongs to, and everything behind the relay. */
export interface PhoneHouse {
  readonly simulator: Simulator;
  readonly carrier: DocumentCarrier;
  readonly hook: WebhookCatcher;
  readonly relay: RunningRelay;
  /** The relay's log, line by line. */
  readonly log: readonly string[];
}

export interface PhoneParts {
  readonly carrier?: CarrierName;
  readonly simulator?: SimulatorOptions;
  /** Of the org's line. */
  readonly line?: Readonly<Record<string, unknown>>;
  readonly limits?: Partial<RelayConfig['limits']>;
  readonly org?: Partial<OrgConfig>;
  /** Of the org's webhook. */
  readonly webhook?: { readonly deadlineMs?: number };
  readonly storeUrl?: string;
}

/** Opens a house that is closed after the test. */
export async function openPhoneHouse(opened: Closing, parts: PhoneParts = {}): Promise<PhoneHouse> {
  const { carrier: name = 'twilio' } = parts;
  const simulator = opened.add(await startSimulator({ apiKeys: [upstreamKey], ...parts.simulator }), (running) =>
    running.close(),
  );
  const hook = opened.add(await WebhookCatcher.start(), (catcher) => catcher.close());
  // Where the relay listens is known once it does, and it has to know the carrier first.
  const options = { answerUrl: `${publicUrl}/telephony/${name}/voice`, address: '' };
  const carrier = opened.add(await carrierKinds[name].start(options), (running) => running.close());
  const log: string[] = [];
  const relay = opened.add(
    await startRelay(
      configOf(parts, { simulator, hook, carrier }),
      loggerTo({ write: (line) => void log.push(line) }, 'debug'),
    ),
    (running) => running.stop(),
  );
  options.address = relay.url;
  return { simulator, carrier, hook, relay, log };
}

/** The log's lines with a message, as objects. */
export const linesOf = ({ log }: Pick<PhoneHouse, 'log'>, message: string): Record<string, unknown>[] =>
  log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message);

/** The settings of a line at a carrier. */
export function telephonyFor(
  name: CarrierName,
  apiBaseUrl: string,
  line: Readonly<Record<string, unknown>> = {},
): TelephonySettings {
  const { credentials } = carrierKinds[name];
  const settings = { ...credentials, numbers: [phone.called], transferTo: phone.colleague, apiBaseUrl, ...line };
  return telephonySchema.parse({ [name]: settings });
}

function configOf(
  { carrier: name = 'twilio', line, limits, org, webhook, storeUrl = 'memory:' }: PhoneParts,
  { simulator, hook, carrier }: Pick<PhoneHouse, 'simulator' | 'hook' | 'carrier'>,
): RelayConfig {
  const config = configWith({
    OPENAI_API_KEY: upstreamKey,
    OPENAI_REALTIME_URL: simulator.url,
    ZAPIER_WEBHOOK_URL: hook.url,
    PUBLIC_URL: publicUrl,
    STORE_URL: storeUrl,
    RELAY_TOKEN_SECRET: 'a-token-secret-of-32-characters-or-more',
  });
  const telephony = telephonyFor(name, carrier.apiUrl, line);
  const orgs = config.orgs.map((each) => ({
    ...each,
    ...(each.webhook && { webhook: { ...each.webhook, ...webhook } }),
    telephony,
    ...org,
  }));
  // A test that ends in the middle of a conversation does not wait for its end.
  return withLimits({ ...config, orgs }, { drainMs: 0, ...limits });
}
