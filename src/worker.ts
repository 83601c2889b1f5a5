import cluster from 'node:cluster';
import { exitCode } from './cli/exit-code';
import { settingsOrExit } from './cli/settings';
import { startFailure } from './cli/start-failure';
import type { RelayConfig } from './config';
import { createLogger } from './log';
import { logCrashes } from './log/crash';
import { type RunningRelay, startRelay } from './server';
import type { SentConfig, ToWorker } from './workers/messages';
import { PrimaryLink, tellPrimary } from './workers/primary-link';

/**
 * The program of one worker: a relay like any other, but with the settings that the primary has read, and ended by the
 * primary's word. Without a primary it ends as well, as a relay ends that is told to stop.
 */
function work(): void {
  let relay: Promise<RunningRelay> | undefined;
  let link: PrimaryLink | undefined;
  let isStopping = false;

  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await (await relay)?.stop();
    process.exit(exitCode.done);
  };

  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'start':
        link = new PrimaryLink(message.number, message.config.workers);
        relay = serve(message.number, configFrom(message.config), link);
        return;
      case 'drain':
        void stop();
        return;
      case 'ask':
      case 'gathered':
      case 'taken':
        void link?.hear(message);
        return;
    }
  });
  // A terminal's interrupt reaches workers too; a second one is for the primary, which then ends all at once.
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  cluster.worker?.on('disconnect', () => {
    // Left to itself, the cluster module ends a worker without a primary in this tick.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    void stop();
  });
  tellPrimary({ type: 'awake' });
}

async function serve(number: number, config: RelayConfig, link: PrimaryLink): Promise<RunningRelay> {
  const log = createLogger({ ...config.log, isShared: true }).child({ worker: number });
  logCrashes(log);
  try {
    const relay = await startRelay(config, log, link);
    tellPrimary({ type: 'listening', url: relay.url });
    log.info({ address: relay.url }, 'Worker is listening');
    return relay;
  } catch (error) {
    log.fatal({ err: error }, 'Worker could not start');
    console.error(startFailure(error));
    process.exit(exitCode.failed);
  }
}

/** Tools are programs, which cannot be sent: they are loaded as the primary has loaded them. */
function configFrom({ hasTools, ...config }: SentConfig): RelayConfig {
  return { ...config, tools: hasTools ? settingsOrExit().tools : [] };
}

work();
