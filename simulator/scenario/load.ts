import { readFileSync } from 'node:fs';
import { z } from 'zod';
import booking from '../scenarios/booking.json';
import duplicate from '../scenarios/duplicate.json';
import escalation from '../scenarios/escalation.json';
import goodbye from '../scenarios/goodbye.json';
import missingEmail from '../scenarios/missing-email.json';
import { type ParsedScenario, scenario } from './schema';

/** The scenarios that come with the simulator, by name. */
export const SHIPPED_SCENARIOS: Readonly<Record<string, unknown>> = {
  booking,
  'missing-email': missingEmail,
  duplicate,
  escalation,
  goodbye,
};

/** A scenario that cannot be used, with what is wrong and where. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly code = 'SCENARIO_INVALID';
}

/**
 * Finds a scenario by name or path.
 * @param nameOrPath the name of a shipped scenario, or the path of a JSON file.
 * @throws {ScenarioError} if there is no such scenario, or the file is not one.
 */
export function loadScenario(nameOrPath: string): ParsedScenario {
  const shipped = SHIPPED_SCENARIOS[nameOrPath];
  return parseScenario(shipped ?? readJson(nameOrPath), nameOrPath);
}

/**
 * Checks a scenario and fills in its defaults.
 * @param source what to call it in the error message.
 * @throws {ScenarioError} naming every fault.
 */
export function parseScenario(value: unknown, source = 'scenario'): ParsedScenario {
  const parsed = scenario.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ScenarioError(`${source} is not a valid scenario:\n${z.prettifyError(parsed.error)}`);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (cause) {
    const names = Object.keys(SHIPPED_SCENARIOS).join(', ');
    throw new ScenarioError(`Cannot read the scenario '${path}': it is neither one of ${names} nor a JSON file.`, {
      cause,
    });
  }
}
