import type { AddressInfo } from 'node:net';
import {
  builtInTools,
  defaultRetentionMs,
  type IntentStore,
  openAlarm,
  openStore,
  OperatorService,
  RealtimeHandler,
  ToolRegistry,
} from '../pipeline';
import { createGate } from './auth';
import { createClientTokens } from './auth/client-token';
import type { RelayConfig } from './config';
import { drain, drainLimits } from './drain';
import { createApp } from './http/app';
import { createClientEntrance } from './http/client-entrance';
import { boundedClose } from './http/close-server';
import { addRoutes } from './http/routes';
import { createSessionDoor } from './http/session-door';
import type { CountedCalls } from './http/stats';
import { addUpgrade } from './http/upgrade';
import type { Logger } from './log';
import { createMetrics } from './metrics';
import { renderTeam } from './metrics/team';
import { pipelineOrgs } from './pipeline-orgs';
import { openQuota, type Quota } from './quota/quota';
import { openRecordings } from './recordings';
import { sessionConfig } from './session-config';
import { createSessions } from './sessions';
import { startSweeper } from './sweeper';
import { createTelephony } from './telephony/telephony';
import { toolRunner } from './tool-runner';
import type { Reporters, Team } from './workers/team';

/** A relay that listens. */
export interface RunningRelay {
  /** Where it listens, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly port: number;
  /** How many sessions are open. */
  sessionCount(): number;
  /**
   * Stops it without dropping what it began: at once where nothing goes on, after `drainMs` at the latest otherwise.
   * Called again it returns the same promise.
   */
  stop(): Promise<void>;
}

/**
 * Starts a relay: opens the store, wires the pipeline and the sessions together, and listens.
 *
 * @param team the other workers, where it is one of several; metrics and stats are then those of all
 * @throws StoreOpenError where the store cannot be opened; RecordingDirectoryError; Node's own error where the address cannot be
 * listened on.
 */
export async function startRelay(config: RelayConfig, log: Logger, team?: Team): Promise<RunningRelay> {
  const store = await openStore(config.storeUrl, { warn: (warning) => log.warn(warning) });
  let quota: Quota | undefined;
  try {
    quota = await openQuota(config, log);
    return await startWith({ store, quota, team }, config, log);
  } catch (error) {
    await quota?.close();
    await store.close();
    throw error;
  }
}

/** What all processes of a set-up share. */
interface Shared {
  readonly store: IntentStore;
  readonly quota: Quota;
  readonly team: Team | undefined;
}

async function startWith({ store, quota, team }: Shared, config: RelayConfig, log: Logger): Promise<RunningRelay> {
  let isDraining = false;
  const metrics = createMetrics();
  const recordings = openRecordings(config, { metrics: metrics.recordings, log });
  const tokens = createClientTokens(config.tokenSecret);
  const { operatorKey, orgs, limits, listen, upstream } = config;
  const gate = createGate({ orgs, operatorKey, publicUrl: listen.publicUrl, tokens });

  const handler = new RealtimeHandler({
    orgs: pipelineOrgs(config),
    tools: new ToolRegistry([...builtInTools, ...config.tools]),
    store,
    log,
    takeDeliveryPlace: async (orgId, max) => {
      const place = await quota.deliveries.take(orgId, max);
      return place && (() => place.leave());
    },
    observe: ({ tool, outcome, durationMs }) => metrics.toolAnswered(tool, outcome, durationMs),
    observeDelivery: (delivery) => metrics.webhookCalled(delivery),
    observeCircuit: (change) => metrics.circuitChanged(change),
    observeRedelivery: ({ orgId, outcome }) => metrics.redelivered(orgId, outcome.toLowerCase()),
    alarm: (ring) => openAlarm(config.storeUrl, ring, { log }),
  });
  const operator = new OperatorService({
    store,
    log,
    retentionMs: defaultRetentionMs,
    forget: (key) => handler.forget(key),
    redeliver: (key, fence, by) => handler.redeliver(key, fence, by),
    observe: (change) => metrics.intentChanged(change),
  });
  const sessions = createSessions({
    upstream: { ...upstream, apiKey: upstream.apiKey ?? '' },
    configFor: ({ id, session, timeZone }) =>
      sessionConfig({ session, timeZone, tools: handler.sessionTools(id), now: new Date() }),
    toolsFor: ({ id }, sessionId, callControl) => toolRunner(handler, id, sessionId, callControl),
    recordings,
    metrics,
    log,
  });

  const door = createSessionDoor(quota.sessions);
  const telephony = createTelephony({
    config,
    sessions,
    door,
    store,
    team,
    metrics,
    isDraining: () => isDraining,
    log,
  });

  const entrance = createClientEntrance({ gate, door });
  const reporters: Reporters = {
    metrics: () => metrics.report(),
    stats: () => orgs.flatMap(({ id }) => handler.tally(id) ?? []),
  };
  team?.reportWith(reporters);

  const app = createApp({ config, log, metrics });
  const closeServer = boundedClose(app.server);
  addRoutes(app, {
    config,
    entrance,
    quota,
    gate,
    tokens,
    handler,
    statsOfAll: () => statsOfAll(reporters, team),
    operator,
    store,
    renderMetrics: async () => (team ? renderTeam(await team.gather('metrics')) : metrics.render()),
    isDraining: () => isDraining,
  });
  telephony?.addRoutes(app);
  addUpgrade(app.server, {
    entrance,
    rate: quota.connects,
    limits,
    metrics,
    isDraining: () => isDraining,
    open: (client, org, place, wishes) => sessions.open(client, org, place, wishes),
    media: telephony?.entrance,
  });
  try {
    await app.listen({ host: listen.host, port: listen.port });
  } catch (error) {
    await handler.close();
    await recordings.close();
    throw error;
  }
  const stopSweeper = startSweeper({
    store,
    handler,
    expired: ({ orgId }) => metrics.redelivered(orgId, 'expired'),
    log,
  });

  const stopAll = () =>
    drain(
      {
        refuseNew: () => {
          isDraining = true;
          handler.drain();
        },
        drainSessions: () => sessions.drain(),
        endSessions: () => sessions.endAll('draining'),
        settleTools: async () => {
          await Promise.all([handler.idle(), telephony?.idle()]);
        },
        closeServer: () => closeServer(() => app.close()),
        closeStore: async () => {
          await stopSweeper();
          await telephony?.close();
          await recordings.close();
          await handler.close();
          await quota.close();
          await store.close();
        },
      },
      drainLimits(config),
      log,
    );

  let stopped: Promise<void> | undefined;
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `${listen.tls ? 'https' : 'http'}://${hostForUrl(listen.host)}:${port}`,
    port,
    sessionCount: () => sessions.count,
    stop: () => (stopped ??= stopAll()),
  };
}

/** What this process has counted, or where there are several, what all of them have. */
async function statsOfAll(own: Pick<Reporters, 'stats'>, team: Team | undefined): Promise<CountedCalls> {
  if (team === undefined) return { tallies: await own.stats() };
  const { answers, silent, kept } = await team.gather('stats');
  return {
    tallies: [...answers.flatMap(({ report }) => report), ...kept],
    workers: { counted: answers.map(({ worker }) => worker), silent },
  };
}

/** An IPv6 address stands in brackets. */
const hostForUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);
