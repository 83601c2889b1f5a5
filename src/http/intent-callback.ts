import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OperatorService } from '../../pipeline';
import type { CallbackGate } from '../auth/callback-gate';
import { wordsFor } from '../config/problems';
import type { Places } from '../quota/places';
import { describeFault } from './fault';
import { changedOrRefused } from './intent-change';
import { intentsPath } from './intents';
import { takeOnlyJson } from './json-body';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** What the route is made with. */
export interface IntentCallbackOptions {
  readonly gate: CallbackGate;
  readonly operator: Pick<OperatorService, 'report'>;
  /** By org. */
  readonly places: Places;
  /** Callbacks of one org that may be under way. */
  readonly maxInFlight: (orgId: string) => number;
}

/** Bytes of a callback's body. */
export const callbackBodyBytes = 4_096;

/**
 * `POST /api/intents/callback`: the receiver of an intent, such as the last step of a Zap, says how it ended. Told twice,
 * it is answered as the first time, so a repeat or a replay does no harm.
 */
export function addIntentCallback(
  app: FastifyInstance,
  { gate, operator, places, maxInFlight }: IntentCallbackOptions,
): void {
  const bodies = new WeakMap<FastifyRequest, Buffer>();

  const report = async (request: FastifyRequest) => {
    const body = bodySchema.safeParse(request.body, { error: wordsFor });
    if (!body.success) throw new RefusedError(describeFault(body.error));
    const { org_id: orgId, tool_name: tool, intent_id: intentId, result } = body.data;
    // What was signed are the bytes, not what was read from them.
    if (!gate.isFrom(orgId, request.headers, bodies.get(request) ?? Buffer.alloc(0))) {
      throw new RefusedError(refusal.wrongCredential());
    }
    const place = await places.take(orgId, maxInFlight(orgId));
    if (!place) throw new RefusedError(refusal.tooManyRequests());
    try {
      const answer = await operator.report({ orgId, tool, intentId }, result, { requestId: request.id });
      const { changed, record } = changedOrRefused(answer);
      return { changed, org_id: orgId, tool_name: tool, intent_id: intentId, state: record.state };
    } finally {
      place.leave();
    }
  };

  // A scope of its own, in which bodies are kept as they came.
  void app.register((scope, _options, done) => {
    takeOnlyJson(scope, (request, bytes) => bodies.set(request, bytes));
    scope.addHook('onRequest', (request, _reply, next) => {
      const why = gate.refusalOf(request.headers);
      next(why && new RefusedError(why));
    });
    scope.post(`${intentsPath}/callback`, { bodyLimit: callbackBodyBytes }, report);
    done();
  });
}

const bodySchema = z.strictObject({
  org_id: z.string().min(1).max(64),
  tool_name: z.string().min(1).max(64),
  intent_id: z.string().min(1).max(64),
  result: z.enum(['confirmed', 'failed']),
});
