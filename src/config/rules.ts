import { webhookFault } from '../../pipeline';
import { isLoopbackHost } from './hosts';
import { type Limits, limitsOutOfOrder } from './limits';
import { didYouMean } from './nearest';
import type { OrgSettings } from './org';
import type { Problem } from './problems';
import { wrongRecordings } from './recording';
import type { ProgramSettings, SettingName } from './settings';
import { isRedis } from './store-url';
import { wrongTelephony } from './telephony-rules';

/** Settings that are each right by themselves, with what is needed to speak of them. */
export interface Together {
  readonly program: ProgramSettings;
  readonly limits: Limits;
  /** Org by id; `place` is where its settings stand, such as `orgs.acme` or the names of variables. */
  readonly orgs: readonly {
    readonly id: string;
    readonly settings: OrgSettings;
    readonly limits: Limits;
    readonly place: OrgPlace;
  }[];
  /** What was set at all, before defaults and whether right or wrong. */
  readonly given: Readonly<Partial<Record<SettingName, unknown>>>;
  readonly hasOrgs: boolean;
  readonly toolNames: readonly string[];
  /** How a path in the config file is called. */
  readonly pathName: (path: readonly string[]) => string;
  /** How a setting is known to whoever set it: a variable or a path in the config file. */
  readonly nameOf: (setting: SettingName) => string;
}

/** Where an org's keys, webhook and other settings are to be found. */
export interface OrgPlace {
  readonly apiKeys: string;
  readonly webhookUrl: string;
  readonly path: string;
}

/** What is wrong between settings that are right one by one. */
export function brokenRules(together: Together): Problem[] {
  return [
    ...singleOrgBesideOrgs(together),
    ...keylessOrgs(together),
    ...sharedKeys(together),
    ...reflectedCallbacks(together),
    ...unknownTools(together),
    ...wrongWebhooks(together),
    ...deadlines(together),
    ...unsharedTokenSecret(together),
    ...unsharedStore(together),
    ...wrongRecordings(together),
    ...wrongTelephony(together),
    ...limitOrder(together),
  ];
}

function singleOrgBesideOrgs({ hasOrgs, given, nameOf }: Together): Problem[] {
  if (!hasOrgs) return [];
  const moved = { relayApiKey: 'apiKeys', zapierWebhookUrl: 'webhook.url', orgId: undefined } as const;
  const names = ['relayApiKey', 'zapierWebhookUrl', 'orgId'] as const;
  return names
    .filter((name) => given[name] !== undefined)
    .map((name) => ({
      setting: nameOf(name),
      message: `belongs to a setup of a single org, but "orgs" is set: ${moved[name] ? `use orgs.<id>.${moved[name]}` : 'remove it'}`,
    }));
}

/** Without a key an org can be used by whoever reaches the relay, so nobody else may reach it. */
function keylessOrgs({ orgs, program, nameOf }: Together): Problem[] {
  const keyless = orgs.filter(({ settings }) => settings.apiKeys.length === 0);
  const [first, second] = keyless;
  if (!first) return [];
  const problems: Problem[] = [];
  if (second) {
    const ids = keyless.map(({ id }) => id).join(', ');
    problems.push({
      setting: second.place.apiKeys,
      message: `is required: at most one org may be without a key, and ${ids} are`,
    });
  }
  const wayOut = `org ${first.id} has no key: set ${first.place.apiKeys}`;
  if (!isLoopbackHost(program.host)) {
    problems.push({
      setting: nameOf('host'),
      message: `lets other machines connect, but ${wayOut}, or listen on 127.0.0.1`,
    });
  }
  if (program.publicUrl !== undefined) {
    problems.push({
      setting: nameOf('publicUrl'),
      message: `makes the relay public, but ${wayOut}, or remove this setting`,
    });
  }
  return problems;
}

/** A key says which org speaks, that its webhook does, or that the operator does; one that says two things says nothing. */
function sharedKeys({ orgs, program, nameOf }: Together): Problem[] {
  const owners = new Map<string, string>();
  if (program.operatorKey !== undefined) owners.set(program.operatorKey, nameOf('operatorKey'));
  const problems: Problem[] = [];
  for (const { settings, place } of orgs) {
    for (const [key, setting] of keysOf(settings, place)) {
      const owner = owners.get(key);
      if (owner !== undefined) problems.push({ setting, message: `holds a key that stands in ${owner} as well` });
      owners.set(key, setting);
    }
  }
  return problems;
}

/** The keys an org takes from others, each with where it stands. What it signs with itself opens nothing. */
function keysOf({ apiKeys, webhook }: OrgSettings, place: OrgPlace): (readonly [key: string, setting: string])[] {
  const { callbackSecret } = webhook ?? {};
  return [
    ...apiKeys.map((key) => [key, place.apiKeys] as const),
    ...(callbackSecret === undefined ? [] : [[callbackSecret, `${place.path}.webhook.callbackSecret`] as const]),
  ];
}

/** Signed with the same secret, what the relay sends could be turned into what it takes. */
function reflectedCallbacks({ orgs }: Together): Problem[] {
  return orgs
    .filter(({ settings: { webhook } }) => webhook?.signingSecrets.some((secret) => secret === webhook.callbackSecret))
    .map(({ place }) => ({
      setting: `${place.path}.webhook.callbackSecret`,
      message: 'must not be one of signingSecrets: make one of its own',
    }));
}

function unknownTools({ orgs, toolNames }: Together): Problem[] {
  return orgs.flatMap(({ settings: { tools = [], webhook }, place }) => [
    ...unknownNames(tools, toolNames, `${place.path}.tools`),
    ...unknownNames(webhook?.events ?? [], toolNames, `${place.path}.webhook.events`),
  ]);
}

const unknownNames = (names: readonly string[], known: readonly string[], setting: string): Problem[] =>
  names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      setting,
      message: `names an unknown tool "${name}"${didYouMean(name, known)}; known are ${known.join(', ')}`,
    }));

/** The pipeline knows what it can deliver to; its verdict reads `<setting>: <what is wrong>`. */
function wrongWebhooks({ orgs, program }: Together): Problem[] {
  return orgs.flatMap(({ settings: { webhook }, place }) => {
    const allowance = { allowLoopback: isLoopbackHost(program.host), allowedHosts: program.webhookHosts };
    const fault = webhook && webhookFault({ ...webhook, ...allowance });
    if (fault === undefined) return [];
    const [setting = '', ...message] = fault.split(': ');
    return [
      {
        setting: setting === 'webhook.url' ? place.webhookUrl : `${place.path}.${setting}`,
        message: message.join(': '),
      },
    ];
  });
}

/** A call is answered by the pipeline; the relay's own limit is for tools that never do. */
function deadlines({ orgs }: Together): Problem[] {
  return orgs
    .filter(({ settings, limits }) => settings.webhook && settings.webhook.deadlineMs >= limits.toolMs)
    .map(({ place, limits }) => ({
      setting: `${place.path}.webhook.deadlineMs`,
      message: `must be less than limits.toolMs (${limits.toolMs})`,
    }));
}

/** Several processes must be able to read each other's tokens. */
function unsharedTokenSecret({ given, program, nameOf }: Together): Problem[] {
  if (!isRedis(given.storeUrl) || program.relayTokenSecret !== undefined) return [];
  return [
    { setting: nameOf('relayTokenSecret'), message: 'is required with a Redis store: every process must sign alike' },
  ];
}

/** Several processes must see each other's intents. */
function unsharedStore({ program, nameOf }: Together): Problem[] {
  if (program.workers === 1 || isRedis(program.storeUrl)) return [];
  return [
    {
      setting: nameOf('workers'),
      message: `asks for ${program.workers} processes, which can share none but a Redis store: set ${nameOf('storeUrl')} to redis://HOST, or ${nameOf('workers')} to 1`,
    },
  ];
}

/** The program's limits are judged once, an org's where it changes one of them. */
function limitOrder({ limits, orgs, pathName }: Together): Problem[] {
  const ofProgram = limitsOutOfOrder(limits, undefined);
  if (ofProgram.length > 0)
    return ofProgram.map(({ name, message }) => ({ setting: pathName(['limits', name]), message }));
  return orgs.flatMap(({ limits: ofOrg, settings, place }) =>
    limitsOutOfOrder(ofOrg, settings.limits).map(({ name, message }) => ({
      setting: `${place.path}.limits.${name}`,
      message,
    })),
  );
}
