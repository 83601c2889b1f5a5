import { isPlainObject } from '../plain-object';
import { type Limits, limitsSchema } from './limits';
import { type OrgSettings, orgSchema } from './org';
import { type Problem, problemsOf, wordsFor } from './problems';
import type { ProgramResult } from './program';
import type { OrgPlace } from './rules';
import { type ConfigFile, pathIn } from './sources';
import { orgId } from './values';

/** The orgs of a setup. */
export interface OrgsResult {
  /** Without those that are wrong. */
  readonly value: readonly { id: string; settings: OrgSettings; limits: Limits; place: OrgPlace }[];
  readonly problems: readonly Problem[];
}

/** The org of a setup without `orgs`, made of three settings of the program. */
export function singleOrg({ value, nameOf }: ProgramResult, limits: Limits): OrgsResult {
  const settings = orgSchema.parse({
    ...(value.relayApiKey === undefined ? {} : { apiKeys: [value.relayApiKey] }),
    ...(value.zapierWebhookUrl === undefined ? {} : { webhook: { url: value.zapierWebhookUrl } }),
  });
  const place = { apiKeys: nameOf('relayApiKey'), webhookUrl: nameOf('zapierWebhookUrl'), path: 'the single org' };
  return { value: [{ id: value.orgId, settings, limits, place }], problems: [] };
}

/** Reads `orgs` of the config file, each org checked by itself. */
export function readOrgs(input: unknown, limits: Limits, file: ConfigFile): OrgsResult {
  if (!isPlainObject(input) || Object.keys(input).length === 0) {
    return {
      value: [],
      problems: [{ setting: pathIn(file, ['orgs']), message: 'must be an object with at least one org by its id' }],
    };
  }
  const results = Object.entries(input).map(([id, settings]) => readOrg(id, settings, limits, file));
  return { value: results.flatMap(({ value }) => value), problems: results.flatMap(({ problems }) => problems) };
}

function readOrg(id: string, input: unknown, limits: Limits, file: ConfigFile): OrgsResult {
  const path = ['orgs', id];
  const idResult = orgId.safeParse(id);
  const result = orgSchema.safeParse(input, { error: wordsFor });
  const problems = [
    ...(idResult.success ? [] : problemsOf(idResult.error, () => pathIn(file, path))),
    ...(result.success ? [] : problemsOf(result.error, (inner) => pathIn(file, [...path, ...inner]))),
  ];
  if (!result.success) return { value: [], problems };
  const place: OrgPlace = {
    apiKeys: pathIn(file, [...path, 'apiKeys']),
    webhookUrl: pathIn(file, [...path, 'webhook', 'url']),
    path: pathIn(file, path),
  };
  return {
    value: [{ id, settings: result.data, limits: { ...limits, ...given(result.data.limits) }, place }],
    problems,
  };
}

/** Reads `limits` of the config file; where they are wrong, the defaults stand in. */
export function readLimits(input: unknown, file: ConfigFile): { value: Limits; problems: readonly Problem[] } {
  const result = limitsSchema.safeParse(input ?? {}, { error: wordsFor });
  if (result.success) return { value: result.data, problems: [] };
  const nameFor = (path: readonly PropertyKey[]) => pathIn(file, ['limits', ...path]);
  return { value: limitsSchema.parse({}), problems: problemsOf(result.error, nameFor) };
}

/** An override left out must not hide the program's limit. */
const given = <Value extends object>(values: Value): { [Name in keyof Value]: NonNullable<Value[Name]> } =>
  // Only what is undefined is dropped, which is what the type says.
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Value]: NonNullable<Value[Name]>;
  };
