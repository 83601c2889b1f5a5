import { Command } from 'commander';
import { addCheck } from './check';
import { addDemo } from './demo';
import { exitCode } from './exit-code';
import { addIntents } from './intents';
import { addImport } from './import';
import { addReplay } from './replay';
import { addServe } from './serve';
import { addSimulate } from './simulate';
import { addToken } from './token';

/** The command line, ready to be parsed. Wrong use ends the process with exit code 2. */
export function createProgram(): Command {
  const program = new Command('realtime-relay')
    .description('A relay between voice clients and the OpenAI Realtime API.')
    .showHelpAfterError()
    .exitOverride(({ exitCode: code }) => process.exit(code === 0 ? exitCode.done : exitCode.misused));
  for (const add of [addServe, addDemo, addSimulate, addReplay, addImport, addIntents, addToken, addCheck])
    add(program);
  return program;
}
