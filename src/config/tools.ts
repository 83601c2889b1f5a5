import { z } from 'zod';
import { builtInTools, type Tool } from '../../pipeline';
import { type Problem, problemsOf, wordsFor } from './problems';

/** The tools of a setup. */
export interface ToolsResult {
  /** Those that the config file brought. */
  readonly value: readonly Tool[];
  /** Names of these and of the built-in ones. */
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/** Reads `tools` of the config file: what `defineTool` made, each with a name of its own. */
export function readTools(input: unknown, nameFor: (path: readonly PropertyKey[]) => string): ToolsResult {
  const builtIn = builtInTools.map(({ name }) => name);
  const result = z.array(toolSchema).safeParse(input ?? [], { error: wordsFor });
  if (!result.success) {
    return { value: [], names: builtIn, problems: problemsOf(result.error, (path) => nameFor(['tools', ...path])) };
  }
  const names = [...builtIn, ...result.data.map(({ name }) => name)];
  const problems = result.data
    .map(({ name }, index) => ({ setting: nameFor(['tools', index]), name, index }))
    .filter(({ name, index }) => names.indexOf(name) < builtIn.length + index)
    .map(({ setting, name }) => ({ setting, message: `is called "${name}" like another tool` }));
  return { value: result.data, names, problems };
}

/** Only a script can bring tools; JSON knows no functions. */
const toolSchema = z.custom<Tool>(isTool, 'must be made with defineTool, in a config file that is a .js or .ts script');

function isTool(value: unknown): boolean {
  const candidate = value as { name?: unknown; read?: unknown } | null | undefined;
  return typeof candidate?.name === 'string' && typeof candidate.read === 'function';
}
