import type { FastifyInstance } from 'fastify';
import type { Gate } from '../auth';
import { isFromThisMachine } from '../auth/request-facts';
import type { Rendered } from '../metrics';
import { factsOf } from './admission';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** `GET /metrics`, in Prometheus' form: open to this machine, otherwise with the operator's key. */
export function addMetrics(app: FastifyInstance, gate: Gate, render: () => Promise<Rendered>): void {
  app.get('/metrics', async (request, reply) => {
    const facts = factsOf(request.raw);
    if (!isFromThisMachine(facts)) {
      const caller = await gate.identify(facts);
      if (caller.kind === 'refused') throw new RefusedError(caller.refusal);
      if (caller.kind !== 'operator') throw new RefusedError(refusal.operatorOnly());
    }
    const { contentType, body } = await render();
    return reply.type(contentType).send(body);
  });
}
