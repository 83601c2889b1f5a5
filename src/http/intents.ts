import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Asked,
  type IntentKey,
  IntentCursorError,
  type OperatorAction,
  operatorActions,
  type OperatorService,
} from '../../pipeline';
import { wordsFor } from '../config/problems';
import { filterSchema, queryOf } from '../intents/filter';
import { intentJson, type IntentPageJson } from '../intents/intent-json';
import type { Places } from '../quota/places';
import { describeFault, describeQueryFault } from './fault';
import type { OperatorGuard } from './operator-guard';
import { changeJsonOf } from './intent-change';
import { refusal } from './refusal';
import { RefusedError } from './refused-error';

/** What the routes are made with. */
export interface IntentsOptions {
  readonly guard: OperatorGuard;
  readonly operator: Pick<OperatorService, 'list' | 'show' | OperatorAction>;
  /** Orgs that there are; others may have records from before. */
  readonly orgIds: ReadonlySet<string>;
  readonly places: Places;
  /** Requests of the operator that may be under way. */
  readonly maxInFlight: number;
}

/** Where intents are looked at and settled. */
export const intentsPath = '/api/intents';

/**
 * `GET /api/intents`: which there are. `GET /api/intents/:org/:tool/:id`: one of them, with its attempts.
 * `POST …/confirm`, `…/reject`, `…/resend`: what the operator decides about it; `{"fence"}` in the body says which record
 * was looked at.
 */
export function addIntents(app: FastifyInstance, options: IntentsOptions): void {
  const { guard, operator, orgIds, places, maxInFlight } = options;
  /** Serves the operator, up to a number of requests at a time. */
  const serving =
    <A>(serve: (request: FastifyRequest) => Promise<A>) =>
    async (request: FastifyRequest): Promise<A> => {
      const place = await places.take('operator', maxInFlight);
      if (!place) throw new RefusedError(refusal.tooManyRequests('The operator'));
      try {
        return await serve(request);
      } finally {
        place.leave();
      }
    };

  const list = async ({ query }: FastifyRequest): Promise<IntentPageJson> => {
    const filter = filterSchema.safeParse(query, { error: wordsFor });
    if (!filter.success) throw new RefusedError(describeQueryFault(filter.error));
    const { records, next } = await operator.list(queryOf(filter.data, Date.now())).catch(refuseCursor);
    const { org } = filter.data;
    if (records.length === 0 && org !== undefined && !orgIds.has(org))
      throw new RefusedError(refusal.unknownOrg('org'));
    return { intents: records.map(intentJson), next: next ?? null };
  };

  const show = async (request: FastifyRequest) => {
    const record = await operator.show(keyIn(request));
    if (record === undefined) throw new RefusedError(refusal.unknownIntent());
    return intentJson(record);
  };

  const change = (action: OperatorAction) => async (request: FastifyRequest) =>
    changeJsonOf(await operator[action](keyIn(request), askedIn(request)));

  app.get(intentsPath, { onRequest: guard }, serving(list));
  app.get(`${intentsPath}/:org/:tool/:id`, { onRequest: guard }, serving(show));
  for (const action of operatorActions) {
    app.post(`${intentsPath}/:org/:tool/:id/${action}`, { onRequest: guard }, serving(change(action)));
  }
}

function keyIn({ params }: FastifyRequest): IntentKey {
  const { org, tool, id } = paramsSchema.parse(params);
  return { orgId: org, tool, intentId: id };
}

/** The router has seen to it that they are there. */
const paramsSchema = z.object({ org: z.string(), tool: z.string(), id: z.string() });

function askedIn({ body, id }: FastifyRequest): Asked {
  const asked = changeSchema.safeParse(body ?? {}, { error: wordsFor });
  if (!asked.success) throw new RefusedError(describeFault(asked.error));
  const { fence } = asked.data;
  return { requestId: id, ...(fence !== undefined && { fence }) };
}

const changeSchema = z.strictObject({ fence: z.int().min(1).optional() });

function refuseCursor(error: unknown): never {
  if (error instanceof IntentCursorError)
    throw new RefusedError(refusal.malformed('after: must be the "next" of a page before.', 'after'));
  throw error;
}
