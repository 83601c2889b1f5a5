import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { isPlainObject } from '../plain-object';
import { type Environment, interpolate } from './interpolate';
import { pathText, type Problem } from './problems';
import { configFileVariable } from './settings';

/** The config file as it was written, references to the environment filled in. */
export interface ConfigFile {
  /** For messages: the file's name, or undefined where there is no config file. */
  readonly name: string | undefined;
  readonly content: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/**
 * The process's variables over those of a `.env` file in the directory, if there is one. A blank variable is as good as
 * none.
 */
export function readEnvironment(
  variables: Environment,
  directory: string,
): { readonly environment: Environment; readonly problems: readonly Problem[] } {
  const own = withoutBlanks(variables);
  const path = resolve(directory, '.env');
  if (!existsSync(path)) return { environment: own, problems: [] };
  try {
    return { environment: { ...withoutBlanks(parseEnv(readText(path))), ...own }, problems: [] };
  } catch (error) {
    return { environment: own, problems: [{ setting: '.env', message: `cannot be read: ${reasonOf(error)}` }] };
  }
}

/**
 * Reads the file that `RELAY_CONFIG` names, or `relay.config.json` if there is one: JSON, or a script that exports the
 * settings (`export default` or `module.exports`). Trouble is returned as problems, the content is then empty.
 */
export function readConfigFile(environment: Environment, directory: string): ConfigFile {
  const named = environment[configFileVariable];
  const path = resolve(directory, named ?? 'relay.config.json');
  if (!existsSync(path)) {
    if (named === undefined) return { name: undefined, content: {}, problems: [] };
    return unreadable(undefined, {
      setting: configFileVariable,
      message: `names a file that does not exist: ${named}`,
    });
  }
  const name = basename(path);
  try {
    const loaded = load(path);
    if (!isPlainObject(loaded)) return unreadable(name, { setting: name, message: 'must hold one object of settings' });
    // Tools are programs, not settings: whatever they say is left as they say it.
    const { tools, ...settings } = loaded;
    const { value, problems } = interpolate(settings, environment);
    return {
      name,
      content: { ...value, ...(tools === undefined ? {} : { tools }) },
      problems: problems.map(({ setting, message }) => ({ setting: `${name}: ${setting}`, message })),
    };
  } catch (error) {
    return unreadable(name, { setting: name, message: `cannot be loaded: ${reasonOf(error)}` });
  }
}

/** How a place in the config file is called in messages: `relay.config.json: orgs.acme.timeZone`. */
export const pathIn = (file: ConfigFile, path: readonly PropertyKey[]) =>
  file.name === undefined ? pathText(path) : `${file.name}: ${pathText(path)}`;

const withoutBlanks = (variables: Environment): Environment =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''));

const unreadable = (name: string | undefined, problem: Problem): ConfigFile => ({
  name,
  content: {},
  problems: [problem],
});

function load(path: string): unknown {
  if (extname(path) === '.json') return parseJson(readText(path));
  const exported: unknown = createRequire(path)(path);
  return isModuleWithDefault(exported) ? exported.default : exported;
}

/** Some editors begin a file with a byte order mark, and some shells write UTF-16, of which nothing would be understood. */
function readText(path: string): string {
  const bytes = readFileSync(path);
  if (!isUtf8(bytes)) throw new Error('it is not in UTF-8');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** The engine's own message quotes the text around the fault, which may be a key; only the place is passed on. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec(reasonOf(error))?.[0];
    throw new Error(place === undefined ? 'it is not valid JSON' : `it is not valid JSON ${place}`, { cause: error });
  }
}

/** The first line says why; Node lists modules below it. */
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n', 1).join();

const isModuleWithDefault = (exported: unknown): exported is { default: unknown } =>
  typeof exported === 'object' && exported !== null && 'default' in exported;
