import { join } from 'node:path';
import type { Tool } from '../pipeline';
import type { Environment } from './config/interpolate';
import type { Limits } from './config/limits';
import type { OrgSettings } from './config/org';
import { readLimits, readOrgs, singleOrg } from './config/orgs';
import type { Problem } from './config/problems';
import { readProgram } from './config/program';
import { recordingOf, type RecordingSettings, recordingWarnings } from './config/recording';
import { brokenRules, type OrgPlace } from './config/rules';
import { pathIn, readConfigFile, readEnvironment } from './config/sources';
import { readTls, type Tls } from './config/tls';
import { readTools } from './config/tools';
import { packageRoot } from './package-root';
import { isPlainObject } from './plain-object';

export { describeProblems, type Problem } from './config/problems';
export type { Limits };

/** Everything that can be set, checked and with its defaults; frozen. */
export interface RelayConfig {
  readonly upstream: {
    readonly url: string;
    readonly model: string;
    /** Undefined only where `loadConfig` was told that upstream is not needed. */
    readonly apiKey: string | undefined;
  };
  readonly listen: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    readonly publicUrl: string | undefined;
    readonly tls: Tls | undefined;
  };
  /** The only hosts that webhooks of any org may be at. Undefined: any. */
  readonly webhookHosts: readonly string[] | undefined;
  readonly operatorKey: string | undefined;
  /** False only in the demo: there, whoever is on this machine is the operator. */
  readonly operatorNeedsKey: boolean;
  readonly page: {
    /** Where the built page is; served where it is there. */
    readonly folder: string;
    /** True only in the demo: the page says that a stand-in answers. */
    readonly isDemo: boolean;
  };
  /** Undefined: a random one per start. */
  readonly tokenSecret: string | undefined;
  /** How many processes serve behind the one port. */
  readonly workers: number;
  /** `memory:`, `sqlite:PATH` or `redis://…`. */
  readonly storeUrl: string;
  readonly log: { readonly level: string; readonly file: string | undefined };
  readonly limits: Limits;
  /** At least one. */
  readonly orgs: readonly OrgConfig[];
  /** Tools that the config file brought beside the built-in ones. */
  readonly tools: readonly Tool[];
  /** What is allowed but hardly meant, in words for the log. */
  readonly warnings: readonly string[];
}

/** One org. */
export interface OrgConfig extends Readonly<Omit<OrgSettings, 'limits' | 'tools' | 'allowedOrigins' | 'record'>> {
  readonly id: string;
  /** Undefined: the relay's own. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** Names of the tools the model may call. */
  readonly tools: readonly string[];
  /** Undefined: its sessions are not recorded. */
  readonly recording?: RecordingSettings | undefined;
  readonly limits: Limits;
}

export type ConfigResult =
  | { readonly kind: 'ready'; readonly config: RelayConfig }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** Where settings are looked for, and what for. */
export interface ConfigSources {
  /** The process's variables; they win over `.env`, which wins over the config file. */
  readonly variables: Environment;
  /** Where `.env` and `relay.config.json` are looked for, and what relative paths start from. */
  readonly directory: string;
  /** Whether `OPENAI_API_KEY` must be set. Default true. */
  readonly needsUpstream?: boolean;
}

/**
 * Reads and checks all settings. What is wrong is returned whole, each by its variable or its path in the config file;
 * values, which may be secrets, are not repeated.
 */
export function loadConfig({ variables, directory, needsUpstream = true }: ConfigSources): ConfigResult {
  const { environment, problems: ofEnvironment } = readEnvironment(variables, directory);
  const file = readConfigFile(environment, directory);
  const { orgs: orgsInput, limits: limitsInput, tools: toolsInput, ...programInput } = file.content;

  const program = readProgram(programInput, environment, file, needsUpstream);
  const limits = readLimits(limitsInput, file);
  const tools = readTools(toolsInput, (path) => pathIn(file, path));
  const orgs = orgsInput === undefined ? singleOrg(program, limits.value) : readOrgs(orgsInput, limits.value, file);
  const tls = readTls(program.value.tlsCertFile, program.value.tlsKeyFile);

  const problems = [
    ...ofEnvironment,
    ...file.problems,
    ...program.problems,
    ...limits.problems,
    ...tools.problems,
    ...orgs.problems,
    ...(tls && 'message' in tls ? [tls] : []),
    ...brokenRules({
      program: program.value,
      limits: limits.value,
      orgs: orgs.value,
      given: program.given,
      hasOrgs: orgsInput !== undefined,
      toolNames: tools.names,
      pathName: (path) => pathIn(file, path),
      nameOf: program.nameOf,
    }),
  ];
  if (problems.length > 0 || (tls && 'message' in tls)) return { kind: 'wrong', problems };

  const { value } = program;
  return {
    kind: 'ready',
    config: deepFreeze({
      upstream: { url: value.openaiRealtimeUrl, model: value.openaiRealtimeModel, apiKey: value.openaiApiKey },
      listen: { host: value.host, port: value.port, publicUrl: value.publicUrl, tls },
      webhookHosts: value.webhookHosts,
      operatorKey: value.operatorKey,
      operatorNeedsKey: true,
      page: { folder: join(packageRoot, 'dist', 'web', 'page'), isDemo: false },
      tokenSecret: value.relayTokenSecret,
      workers: value.workers,
      storeUrl: value.storeUrl,
      log: { level: value.logLevel, file: value.logFile },
      limits: limits.value,
      orgs: orgs.value.map(({ id, settings, limits: ofOrg }) =>
        orgConfig(id, settings, recordingOf(settings.record, value), ofOrg, tools.names),
      ),
      tools: tools.value,
      warnings: orgs.value.flatMap(({ id, settings, place }) => [
        ...(settings.webhook ? [] : [noWebhook(id, place)]),
        ...recordingWarnings(id, recordingOf(settings.record, value)),
      ]),
    }),
  };
}

function orgConfig(
  id: string,
  settings: OrgSettings,
  recording: RecordingSettings | undefined,
  limits: Limits,
  toolNames: readonly string[],
): OrgConfig {
  const { tools = toolNames, allowedOrigins, record: _record, ...rest } = settings;
  return { ...rest, id, tools, allowedOrigins, recording, limits };
}

const noWebhook = (id: string, place: OrgPlace) =>
  `Org ${id} has no webhook: its tools that need one will tell the model so. Set ${place.webhookUrl}.`;

/** Freezes plain data; what a script brought (tools, schemas, buffers) is left as it is. */
function deepFreeze<Value>(value: Value): Value {
  if (Array.isArray(value) || isPlainObject(value)) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
