import { type Command, Option } from 'commander';
import { expectations } from '../../replay/player/expectation';
import { durationOption, numberOption, wholeNumberOption } from './number-option';
import { carrierNames } from './replay/carrier/names';
import { replay } from './replay/replay';

/** `replay`: plays recorded sessions again, one or very many at once. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('Play recorded sessions again, one or many at once, and say how what they talked to fared.')
    .argument('[file...]', 'recordings; several take turns. Left out: the sample in assets')
    .option('--url <url>', 'where to: a relay, the simulator, or OpenAI; left out: the relay that HOST and PORT say')
    .option('--token <credential>', 'key or client token; better in REPLAY_TOKEN, where no list of processes shows it')
    .option('--stand-in', 'bring up a stand-in for OpenAI and a relay of their own, and play to that relay')
    .addOption(
      new Option(
        '--carrier <name>',
        'as phone calls of this carrier, with the settings of the relay, or made-up ones with --stand-in',
      ).choices(carrierNames),
    )
    .option('--sessions <number>', 'how many at once', wholeNumberOption(1, 100_000))
    .option('--ramp <time>', 'over which they are started; left out: 50 a second', durationOption)
    .option(
      '--duration <time>',
      'how long ended sessions are followed by others; left out: each is played once',
      durationOption,
    )
    .option(
      '--rate <number>',
      'start so many sessions a second for --duration, at most --sessions at once (default 1000)',
      numberOption(0.01, 10_000),
    )
    .option('--speed <factor>', 'as many times as fast as it was recorded', numberOption(0.1, 100), 1)
    .addOption(
      new Option('--expect <how>', 'how closely what comes back must resemble the recording')
        .choices(expectations)
        .default('shape'),
    )
    .option('--patience <time>', 'how long an answer is waited for', durationOption, 30_000)
    .option('--workers <number>', 'threads that play', wholeNumberOption(1, 64), 1)
    .option('--find-limit', 'play to more and more sessions at once, until they are no longer served as well')
    .option('--step <time>', 'how long each number of sessions is tried', durationOption, 15_000)
    .option('--within <ms>', 'how much longer than at first things may take', wholeNumberOption(1, 60_000), 100)
    .option('--max-failed <percent>', 'how many sessions may fail', numberOption(0, 100), 1)
    .option('--json <file>', 'write what was measured, for programs')
    .option('--html <file>', 'write a report with plots')
    .addHelpText(
      'after',
      `
A session waits where the recorded one waited: for the session, for an answer to begin or to end. Ctrl-C starts no more,
ends what is on and still reports; a second one quits.

Exit code 0: all sessions did what was expected. 1: some did not. 2: the command was used wrongly.`,
    )
    .action(replay);
}
