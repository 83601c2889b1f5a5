import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type RealtimeHandler, toWire } from '../../pipeline';
import { wordsFor } from '../config/problems';
import type { OrgConfig } from '../config';
import type { Places } from '../quota/places';
import { describeFault } from './fault';
import type { OrgGuard } from './org-guard';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** What the route is made with. */
export interface ExecuteIntentOptions {
  readonly guard: OrgGuard;
  readonly handler: Pick<RealtimeHandler, 'handleToolCall' | 'hasTool'>;
  /** By org. */
  readonly places: Places;
}

/**
 * `POST /api/execute-intent`: one tool call over HTTP, answered as the model would be. Whatever the pipeline says is a
 * 200; other statuses speak of the request itself.
 */
export function addExecuteIntent(app: FastifyInstance, { guard, handler, places }: ExecuteIntentOptions): void {
  const execute = async (org: OrgConfig, body: unknown) => {
    const request = requestSchema.safeParse(body, { error: wordsFor });
    if (!request.success) throw new RefusedError(describeFault(request.error));
    const { tool_name: toolName, tool_args: toolArgs, call_id: callId, org_id: orgId } = request.data;
    if (orgId !== org.id) throw new RefusedError(refusal.otherOrg());
    if (!handler.hasTool(orgId, toolName)) throw new RefusedError(refusal.unknownTool());
    return toWire(
      await handler.handleToolCall({ orgId, toolName, toolArgs, ...(callId === undefined ? {} : { callId }) }),
    );
  };

  app.post('/api/execute-intent', { onRequest: guard.onRequest }, async (request) => {
    const org = guard.orgOf(request);
    const place = await places.take(org.id, org.limits.httpInFlightPerOrg);
    if (!place) throw new RefusedError(refusal.tooManyRequests());
    try {
      return await execute(org, request.body);
    } finally {
      place.leave();
    }
  });
}

const requestSchema = z.strictObject({
  tool_name: z.string().min(1).max(64),
  tool_args: z.union([z.string(), z.record(z.string(), z.unknown())], 'must be an object, or the JSON text of one'),
  call_id: z.string().min(1).max(256).optional(),
  org_id: z.string().min(1).max(64),
});
