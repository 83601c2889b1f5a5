import type { FastifyInstance } from 'fastify';
import { StoreUnavailableError } from '../../pipeline';
import { errorBody, errorHeaders, refusal } from './refusal';

/** What the routes are made with. */
export interface HealthOptions {
  readonly isDraining: () => boolean;
  /** Resolves where the store answers. */
  readonly pingStore: () => Promise<void>;
}

/** `GET /healthz`: the process runs. `GET /readyz`: it takes new sessions, because its store answers and nothing drains. */
export function addHealth(app: FastifyInstance, { isDraining, pingStore }: HealthOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const why = isDraining() ? refusal.draining() : await storeRefusal(pingStore);
    return why ? reply.code(why.status).headers(errorHeaders(why)).send(errorBody(why)) : { status: 'ready' };
  });
}

async function storeRefusal(ping: () => Promise<void>) {
  try {
    await ping();
    return undefined;
  } catch (error) {
    return refusal.storeUnavailable(error instanceof StoreUnavailableError ? error.reason : 'down');
  }
}
