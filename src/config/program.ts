import type { Environment } from './interpolate';
import { didYouMean } from './nearest';
import { type Problem, problemsOf, wordsFor } from './problems';
import { programSettings, type ProgramSettings, type SettingName, settingNames, variableOf } from './settings';
import { type ConfigFile, pathIn } from './sources';

/** What the environment and the top of the config file say. */
export interface ProgramResult {
  /** Wrong settings have their default here, so that the rules between settings can still be judged. */
  readonly value: ProgramSettings;
  readonly given: Readonly<Partial<Record<SettingName, unknown>>>;
  readonly problems: readonly Problem[];
  readonly nameOf: (setting: SettingName) => string;
}

/** Reads the settings of the whole program: each from its variable or else from the config file, checked by itself. */
export function readProgram(
  input: Readonly<Record<string, unknown>>,
  environment: Environment,
  file: ConfigFile,
  needsUpstream: boolean,
): ProgramResult {
  const isInFile = (name: SettingName) => environment[variableOf(name)] === undefined && input[name] !== undefined;
  const nameOf = (name: SettingName) => (isInFile(name) ? pathIn(file, [name]) : variableOf(name));
  const problems = unknownSettings(input, file);
  const given: Partial<Record<SettingName, unknown>> = {};
  const value: Record<string, unknown> = {};
  for (const name of settingNames) {
    given[name] = environment[variableOf(name)] ?? input[name];
    const result = programSettings[name].safeParse(given[name], { error: wordsFor });
    if (!result.success) problems.push(...problemsOf(result.error, () => nameOf(name)));
    value[name] = result.success ? result.data : programSettings[name].parse(undefined);
  }
  if (needsUpstream && given.openaiApiKey === undefined) {
    problems.push({
      setting: 'OPENAI_API_KEY',
      message: 'is required: the key the relay opens upstream sessions with',
    });
  }
  // Built from the table that the type is made of, name by name.
  return { value: value as ProgramSettings, given, problems, nameOf };
}

function unknownSettings(input: Readonly<Record<string, unknown>>, file: ConfigFile): Problem[] {
  const known: string[] = [...settingNames, 'limits', 'orgs', 'tools'];
  return Object.keys(input)
    .filter((key) => !known.includes(key))
    .map((key) => ({ setting: pathIn(file, [key]), message: `is not a setting${didYouMean(key, known)}` }));
}
