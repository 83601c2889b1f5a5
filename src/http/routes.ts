import type { FastifyInstance } from 'fastify';
import type { IntentStore, OperatorService, RealtimeHandler } from '../../pipeline';
import type { Gate } from '../auth';
import { createCallbackGate } from '../auth/callback-gate';
import type { ClientTokens } from '../auth/client-token';
import type { RelayConfig } from '../config';
import type { Rendered } from '../metrics';
import type { Quota } from '../quota/quota';
import type { ClientEntrance } from './client-entrance';
import { addClientSecrets } from './client-secrets';
import { addExecuteIntent } from './execute-intent';
import { addHealth } from './health';
import { addIntentCallback } from './intent-callback';
import { addIntents } from './intents';
import { addMetrics } from './metrics-route';
import { createOperatorGuard } from './operator-guard';
import { createOrgGuard } from './org-guard';
import { addPage } from './page';
import { addRealtime } from './realtime';
import { addStats, type StatsSource } from './stats';

/** What the routes are made with. */
export interface RoutesOptions {
  readonly config: Pick<RelayConfig, 'limits' | 'operatorNeedsKey' | 'orgs' | 'page' | 'upstream'>;
  readonly entrance: ClientEntrance;
  readonly quota: Pick<Quota, 'requests' | 'connects'>;
  readonly gate: Gate;
  readonly tokens: ClientTokens;
  readonly handler: Pick<RealtimeHandler, 'handleToolCall' | 'hasTool'>;
  readonly statsOfAll: StatsSource;
  readonly operator: OperatorService;
  readonly store: Pick<IntentStore, 'ping'>;
  readonly renderMetrics: () => Promise<Rendered>;
  readonly isDraining: () => boolean;
}

/** Everything the relay answers over HTTP. */
export function addRoutes(app: FastifyInstance, options: RoutesOptions): void {
  const { config, entrance, quota, gate, tokens, handler, statsOfAll, operator, store, renderMetrics, isDraining } =
    options;
  const { limits, operatorNeedsKey, orgs, page, upstream } = config;
  const guard = createOrgGuard(gate, isDraining);

  addClientSecrets(app, { guard, tokens, model: upstream.model });
  addExecuteIntent(app, { guard, handler, places: quota.requests.intents });
  addStats(app, { gate, orgs, statsOfAll });
  addIntents(app, {
    guard: createOperatorGuard(gate, operatorNeedsKey),
    operator,
    orgIds: new Set(orgs.map(({ id }) => id)),
    places: quota.requests.operator,
    maxInFlight: limits.httpInFlightPerOrg,
  });
  addIntentCallback(app, {
    gate: createCallbackGate(orgs),
    operator,
    places: quota.requests.callbacks,
    maxInFlight: (orgId) => orgs.find(({ id }) => id === orgId)?.limits.httpInFlightPerOrg ?? 0,
  });
  addHealth(app, { isDraining, pingStore: () => store.ping() });
  addMetrics(app, gate, renderMetrics);

  addRealtime(app, { entrance, rate: quota.connects, isDraining });
  addPage(app, page);
}
