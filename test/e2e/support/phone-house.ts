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
import { asteriskAccount, carrierKinds, type CarrierName, phone, telnyxAccount } from './phone-carriers';

/** The relay's origin as carriers know it. */
export const publicUrl = 'https://relay.example.com';

export { phone };

const accounts = { ...carrierKinds, telnyx: telnyxAccount, asterisk: asteriskAccount };

/** A carrier at which there is an account. */
export type AccountName = keyof typeof accounts;

/** A relay with a phone number, and everything behind the relay. */
export interface NumberedHouse {
  readonly simulator: Simulator;
  readonly hook: WebhookCatcher;
  readonly relay: RunningRelay;
  /** The relay's log, line by line. */
  readonly log: readonly string[];
}

/** The same with the carrier that number belongs to. */
export interface PhoneHouse extends NumberedHouse {
  readonly carrier: DocumentCarrier;
}

export interface PhoneParts extends NumberedParts {
  readonly carrier?: CarrierName;
}

export interface NumberedParts {
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
  // Where the relay listens is known once it does, and it has to know the carrier first.
  const options = { answerUrl: `${publicUrl}/telephony/${name}/voice`, address: '' };
  const carrier = opened.add(await carrierKinds[name].start(options), (running) => running.close());
  const house = await openNumberedHouse(opened, name, carrier.apiUrl, parts);
  options.address = house.relay.url;
  return { ...house, carrier };
}

/** Opens a house whose carrier's HTTP interface is given. */
export async function openNumberedHouse(
  opened: Closing,
  name: AccountName,
  apiUrl: string,
  parts: NumberedParts = {},
): Promise<NumberedHouse> {
  const simulator = opened.add(await startSimulator({ apiKeys: [upstreamKey], ...parts.simulator }), (running) =>
    running.close(),
  );
  const hook = opened.add(await WebhookCatcher.start(), (catcher) => catcher.close());
  const log: string[] = [];
  const relay = opened.add(
    await startRelay(
      configOf(parts, { simulator, hook, telephony: telephonyFor(name, apiUrl, parts.line) }),
      loggerTo({ write: (line) => void log.push(line) }, 'debug'),
    ),
    (running) => running.stop(),
  );
  return { simulator, hook, relay, log };
}

/** The log's lines with a message, as objects. */
export const linesOf = ({ log }: Pick<NumberedHouse, 'log'>, message: string): Record<string, unknown>[] =>
  log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message);

/** The settings of a line at a carrier. */
export function telephonyFor(
  name: AccountName,
  apiBaseUrl: string,
  line: Readonly<Record<string, unknown>> = {},
): TelephonySettings {
  const { credentials } = accounts[name];
  const settings = { ...credentials, numbers: [phone.called], transferTo: phone.colleague, apiBaseUrl, ...line };
  return telephonySchema.parse({ [name]: settings });
}

function configOf(
  { limits, org, webhook, storeUrl = 'memory:' }: NumberedParts,
  { simulator, hook, telephony }: Pick<NumberedHouse, 'simulator' | 'hook'> & { readonly telephony: TelephonySettings },
): RelayConfig {
  const config = configWith({
    OPENAI_API_KEY: upstreamKey,
    OPENAI_REALTIME_URL: simulator.url,
    ZAPIER_WEBHOOK_URL: hook.url,
    PUBLIC_URL: publicUrl,
    STORE_URL: storeUrl,
    RELAY_TOKEN_SECRET: 'a-token-secret-of-32-characters-or-more',
  });
  const orgs = config.orgs.map((each) => ({
    ...each,
    ...(each.webhook && { webhook: { ...each.webhook, ...webhook } }),
    telephony,
    ...org,
  }));
  // A test that ends in the middle of a conversation does not wait for its end.
  return withLimits({ ...config, orgs }, { drainMs: 0, ...limits });
}
