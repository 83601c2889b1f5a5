import { type ConfigSources, describeProblems, loadConfig, type RelayConfig } from '../config';
import { exitCode } from './exit-code';

/** The settings a command runs with; where they are wrong, says why and ends the process. */
export function settingsOrExit(needs: Pick<ConfigSources, 'needsUpstream'> = {}): RelayConfig {
  const result = loadConfig({ variables: process.env, directory: process.cwd(), ...needs });
  if (result.kind === 'ready') return result.config;
  console.error(describeProblems(result.problems));
  process.exit(exitCode.misused);
}
