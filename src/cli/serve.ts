import type { Command } from 'commander';
import type { RelayConfig } from '../config';
import { createLogger, type Logger } from '../log';
import { logCrashes } from '../log/crash';
import { startRelay } from '../server';
import { Primary } from '../workers/primary';
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
        '\nare finished and recorded. A second signal stops at once.' +
        '\n\nWORKERS=<number> or WORKERS=auto (one for each processor) serves with so many processes behind one port, which' +
        '\nneeds a Redis store. A process that crashes is replaced; /metrics and the stats answer for all of them.',
    )
    .action(serve);
}

async function serve(): Promise<void> {
  const config = settingsOrExit();
  const log = loggerOrExit(config);
  logCrashes(log);
  for (const warning of config.warnings) log.warn(warning);
  await (config.workers === 1 ? serveAlone(config, log) : serveWithWorkers(config, log));
}

function loggerOrExit({ log, workers }: RelayConfig): Logger {
  try {
    return createLogger({ ...log, isShared: workers > 1 });
  } catch (error) {
    console.error(`LOG_FILE: cannot be written to (${startFailure(error)}).`);
    process.exit(exitCode.misused);
  }
}

async function serveAlone(config: RelayConfig, log: Logger): Promise<void> {
  try {
    const relay = await startRelay(config, log);
    stopOnSignal(log, {
      stop(signal) {
        log.info({ signal, sessions: relay.sessionCount() }, 'Relay is stopping');
        void relay.stop().then(() => {
          log.info('Relay has stopped');
          process.exit(exitCode.done);
        });
      },
      kill: () => undefined,
    });
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

async function serveWithWorkers(config: RelayConfig, log: Logger): Promise<void> {
  const { workers, orgs, storeUrl } = config;
  const primary = new Primary({
    config,
    log,
    onListening: (address) =>
      log.info({ address, workers, orgs: orgs.length, store: storeUrl.split(':')[0] }, 'Relay is listening'),
  });
  stopOnSignal(log, {
    stop(signal) {
      log.info({ signal, workers }, 'Relay is stopping');
      primary.stop();
    },
    kill: () => primary.kill(),
  });
  const code = await primary.ended;
  log.info('Relay has stopped');
  process.exit(code);
}

/** The first signal stops, a second one ends at once. */
function stopOnSignal(
  log: Logger,
  { stop, kill }: { readonly stop: (signal: NodeJS.Signals) => void; readonly kill: () => void },
): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) {
      log.warn({ signal }, 'Relay stops at once');
      kill();
      process.exit(exitCode.failed);
    }
    isStopping = true;
    stop(signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
