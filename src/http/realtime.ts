import type { FastifyInstance } from 'fastify';
import type { ConnectRate } from '../quota/connect-rate';
import type { ClientEntrance } from './client-entrance';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';
import { realtimePath } from './upgrade';

/** What the routes are made with. */
export interface RealtimeOptions {
  readonly entrance: ClientEntrance;
  /** The one by which connections are counted: asking counts like connecting. */
  readonly rate: ConnectRate;
  readonly isDraining: () => boolean;
}

/**
 * A plain `GET /v1/realtime` is answered as the same request for a WebSocket would be, or with 426 where that would be let
 * in. Browsers hide from a page why its WebSocket was refused; this is where it can ask. Any page may: what it reads are
 * the codes of refusals, and nothing of an org.
 */
export function addRealtime(app: FastifyInstance, { entrance, rate, isDraining }: RealtimeOptions): void {
  app.get(realtimePath, async ({ raw }, reply) => {
    reply.headers(readableAnywhere);
    if (isDraining()) throw new RefusedError(refusal.draining());
    if (!(await rate.allows(raw.socket.remoteAddress ?? ''))) throw new RefusedError(refusal.tooManyConnects());
    const verdict = await entrance(raw);
    if ('status' in verdict) throw new RefusedError(verdict);
    verdict.place.leave();
    throw new RefusedError(refusal.notWebSocket());
  });

  app.options(realtimePath, (_request, reply) =>
    reply
      .code(204)
      .headers({
        ...readableAnywhere,
        'access-control-allow-headers': 'authorization',
        'access-control-allow-methods': 'GET',
        'access-control-max-age': '600',
      })
      .send(),
  );
}

const readableAnywhere = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
  'cache-control': 'no-store',
} as const;
