import type { Command } from 'commander';
import { createLogger, type Logger } from '../log';
import { logCrashes } from '../log/crash';
import { type RunningRelay, startRelay } from '../server';
import { exitCode } from './exit-code';
import { settingsOrExit } from './settings';
import { startFailure } from './start-failure';

/** `serve`: runs the relay until it is told to stop. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Run the relay.')
    .addHelpText(
      'after',
      '\nSettings come from the environment, a .env file and the config file (RELAY_CONFIG, or relay.config.json if there is' +
        '\none); "check" explains them. SIGTERM or SIGINT stops it: calls end at their next quiet moment, webhooks under way' +
        '\nare finished and recorded. A second signal stops at once.',
    )
    .action(serve);
}

async function serve(): Promise<void> {
  const config = settingsOrExit();
  let log: Logger;
  try {
    log = createLogger(config.log);
  } catch (error) {
    console.error(`LOG_FILE: cannot be written to (${startFailure(error)}).`);
    process.exit(exitCode.misused);
  }
  logCrashes(log);
  for (const warning of config.warnings) log.warn(warning);
  try {
    const relay = await startRelay(config, log);
    stopOnSignal(relay, log);
    log.info(
      { address: relay.url, orgs: config.orgs.length, store: config.storeUrl.split(':')[0] },
      'Relay is listening',
    );
  } catch (error) {
    log.fatal({ err: error }, 'Relay could not start');
    console.error(startFailure(error));
    process.exit(exitCode.failed);
  }
}

function stopOnSignal(relay: RunningRelay, log: Logger): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) {
      log.warn({ signal }, 'Relay stops at once');
      process.exit(exitCode.failed);
    }
    isStopping = true;
    log.info({ signal, sessions: relay.sessionCount() }, 'Relay is stopping');
    void relay.stop().then(() => {
      log.info('Relay has stopped');
      process.exit(exitCode.done);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
