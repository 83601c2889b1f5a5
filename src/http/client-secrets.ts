import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ClientTokens, tokenLifetime } from '../auth/client-token';
import { wordsFor } from '../config/problems';
import { describeFault } from './fault';
import type { OrgGuard } from './org-guard';
import { RefusedError } from './refused-error';

/** What the route is made with. */
export interface ClientSecretsOptions {
  readonly guard: OrgGuard;
  readonly tokens: ClientTokens;
  /** Told to the client, as OpenAI does. */
  readonly model: string;
}

/**
 * `POST /v1/realtime/client_secrets`: a client token for an org's key, shaped as OpenAI's answer (protocol reference,
 * section 1.3). What a request says of the session is ignored, because sessions are set up by the relay.
 */
export function addClientSecrets(app: FastifyInstance, { guard, tokens, model }: ClientSecretsOptions): void {
  app.post('/v1/realtime/client_secrets', { onRequest: guard.onRequest }, async (request) => {
    const org = guard.orgOf(request);
    const body = bodySchema.safeParse(request.body ?? {}, { error: wordsFor });
    if (!body.success) throw new RefusedError(describeFault(body.error));
    const { value, expiresAt } = await tokens.mint(org.id, body.data.expires_after?.seconds);
    return { value, expires_at: expiresAt, session: plainSession(model) };
  });
}

const bodySchema = z.object({
  expires_after: z
    .strictObject({
      anchor: z.literal('created_at').optional(),
      seconds: z.int().min(tokenLifetime.minS).max(tokenLifetime.maxS).optional(),
    })
    .optional(),
});

/** What a client may know of its session: nothing that the relay keeps to itself. The id stands for none that will be. */
const plainSession = (model: string) => ({
  type: 'realtime',
  object: 'realtime.session',
  id: `sess_${randomUUID()}`,
  model,
  instructions: '',
  tools: [],
  tool_choice: 'auto',
});
