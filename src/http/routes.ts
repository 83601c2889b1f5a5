import type { FastifyInstance } from 'fastify';
import type { IntentStore, RealtimeHandler } from '../../pipeline';
import type { Gate } from '../auth';
import type { ClientTokens } from '../auth/client-token';
import type { RelayConfig } from '../config';
import type { Metrics } from '../metrics';
import { RefusedError } from './app';
import { addClientSecrets } from './client-secrets';
import { addExecuteIntent } from './execute-intent';
import { addHealth } from './health';
import { addMetrics } from './metrics-route';
import { createOrgGuard } from './org-guard';
import { refusal } from './refusal';
import { addStats } from './stats';
import { realtimePath } from './upgrade';

/** What the routes are made with. */
export interface RoutesOptions {
  readonly config: Pick<RelayConfig, 'orgs' | 'upstream'>;
  readonly gate: Gate;
  readonly tokens: ClientTokens;
  readonly handler: Pick<RealtimeHandler, 'handleToolCall' | 'hasTool' | 'stats'>;
  readonly store: Pick<IntentStore, 'ping'>;
  readonly metrics: Pick<Metrics, 'render'>;
  readonly isDraining: () => boolean;
}

/** Everything the relay answers over HTTP. */
export function addRoutes(app: FastifyInstance, options: RoutesOptions): void {
  const { config, gate, tokens, handler, store, metrics, isDraining } = options;
  const guard = createOrgGuard(gate, isDraining);

  addClientSecrets(app, { guard, tokens, model: config.upstream.model });
  addExecuteIntent(app, { guard, handler });
  addStats(app, { gate, orgs: config.orgs, handler });
  addHealth(app, { isDraining, pingStore: () => store.ping() });
  addMetrics(app, gate, metrics);

  app.get(realtimePath, () => {
    throw new RefusedError(refusal.notWebSocket());
  });
  app.get('/', (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .send(`This is a realtime relay. Connect a Realtime client to ${realtimePath}.\n`),
  );
}
