import { type Command, Option } from 'commander';
import { loadScenario, ScenarioError, type SimulatorOptions, startSimulator } from '../../simulator';
import { exitCode } from './exit-code';
import { wholeNumberOption } from './number-option';
import { startFailure } from './start-failure';

interface SimulateOptions {
  readonly host: string;
  readonly port: number;
  readonly scenario?: string;
  readonly key?: string;
  readonly dialect: 'openai' | 'azure';
}

/** `simulate`: runs the stand-in for OpenAI until it is interrupted. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('Run a stand-in for the OpenAI Realtime API, to try the relay without a key.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on, 0 for any', wholeNumberOption(0, 65_535), 9_000)
    .option('--scenario <name or file>', 'what is said and which tools are called; left out: a small model decides')
    .option('--key <key>', 'the one key that is let in; left out: any')
    .addOption(new Option('--dialect <name>', 'whose dialect is spoken').choices(['openai', 'azure']).default('openai'))
    .addHelpText(
      'after',
      '\nPoint a relay at it with OPENAI_REALTIME_URL and the address it prints, and any OPENAI_API_KEY.',
    )
    .action(simulate);
}

async function simulate({ host, port, scenario, key, dialect }: SimulateOptions): Promise<void> {
  try {
    const options: SimulatorOptions = {
      host,
      port,
      dialect,
      log: (line) => console.log(line),
      ...(scenario === undefined ? {} : { scenario: loadScenario(scenario) }),
      ...(key === undefined ? {} : { apiKeys: [key] }),
    };
    const simulator = await startSimulator(options);
    console.log(`Simulator is listening at ${simulator.url}`);
    const stop = () => void simulator.close().then(() => process.exit(exitCode.done));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    console.error(error instanceof ScenarioError ? error.message : startFailure(error));
    process.exit(exitCode.failed);
  }
}
