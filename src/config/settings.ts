import { z } from 'zod';
import { isPrivateHost } from './hosts';
import { audioMode, personalDataMode } from './recording';
import { storeUrl } from './store-url';
import { credential, orgId, origin, text, webhookHosts, wholeNumber, workerCount } from './values';

/** Settings of the whole program. Each is a variable of the environment and a key of the config file. */
export const programSettings = {
  /** Upstream's key, which the relay alone holds. */
  openaiApiKey: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without blanks')
    .optional(),
  openaiRealtimeUrl: z.string().transform(upstreamUrl).default('wss://api.openai.com/v1/realtime'),
  openaiRealtimeModel: text.default('gpt-realtime-2.1'),
  host: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be an IP address or a host name')
    .default('127.0.0.1'),
  /** 0 takes any free port. */
  port: wholeNumber(0, 65_535).default(8_000),
  /** The relay's origin as the outside sees it. */
  publicUrl: origin.optional(),
  tlsCertFile: text.optional(),
  tlsKeyFile: text.optional(),
  /** The single org's key, webhook and id, in a setup without `orgs`. */
  relayApiKey: credential.optional(),
  zapierWebhookUrl: text.optional(),
  orgId: orgId.default('org_demo_001'),
  /** The only hosts that webhooks of any org may be at; left out: any. */
  webhookHosts: webhookHosts.optional(),
  /** For the endpoints of whoever looks after the relay. */
  operatorKey: credential.optional(),
  /** Signs short-lived client tokens; left out, a random one per start. */
  relayTokenSecret: z.string().min(32).optional(),
  /** How many processes serve behind the one port; `auto` is one for each processor. */
  workers: workerCount.default(1),
  storeUrl: storeUrl.default('sqlite:./data/relay.db'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  /** Log lines go here as well as to standard output. */
  logFile: text.optional(),
  /** Every session is recorded there, one file each; left out: only those of orgs that have a directory of their own. */
  recordDir: text.optional(),
  recordAudio: audioMode.optional(),
  recordPersonalData: personalDataMode.optional(),
} as const;

export type SettingName = keyof typeof programSettings;
export type ProgramSettings = { [Name in SettingName]: z.infer<(typeof programSettings)[Name]> };

// Object.keys forgets the names; they are those of the table above.
export const settingNames = Object.keys(programSettings) as SettingName[];

/** The variable a setting is read from: `openaiApiKey` is `OPENAI_API_KEY`. */
export const variableOf = (setting: SettingName) => setting.replace(/[A-Z]/g, '_$&').toUpperCase();

/** The variable that names the config file. It has no place in the file itself. */
export const configFileVariable = 'RELAY_CONFIG';

function upstreamUrl(value: string, context: z.RefinementCtx): string {
  const problem = upstreamUrlProblem(URL.parse(value));
  if (problem === undefined) return value;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
}

function upstreamUrlProblem(url: URL | null): string | undefined {
  if (!url || (url.protocol !== 'wss:' && url.protocol !== 'ws:'))
    return 'must be a URL such as "wss://api.openai.com/v1/realtime"';
  if (url.username !== '' || url.password !== '' || url.hash !== '') return 'must not carry credentials or a fragment';
  if (url.searchParams.has('model')) return 'must not name the model: set OPENAI_REALTIME_MODEL';
  if (url.protocol === 'ws:' && !isPrivateHost(url.hostname)) {
    return 'must be wss: — plain ws: would show the key to the network, and is only for loopback and private hosts';
  }
  return undefined;
}
