import { z } from 'zod';
import {
  type Attempt,
  attemptsOf,
  type IntentRecord,
  intentStates,
  operatorActions,
  possibleActions,
} from '../../pipeline';

/** A time as it is shown: ISO 8601 in UTC, with milliseconds. */
const time = z.iso.datetime();

const stepSchema = z.object({
  state: z.enum(intentStates),
  at: time,
  by: z.string(),
  code: z.string().optional(),
  http_status: z.number().optional(),
});

/** An intent as the operator sees it: everything that is known of it but what it is about. */
export const intentSchema = z.object({
  org_id: z.string(),
  tool_name: z.string(),
  intent_id: z.string(),
  state: z.enum(intentStates),
  /** Counts the claims. Given back with a change, it says which record was looked at. */
  fence: z.number(),
  /** How often it was sent. */
  attempts: z.number(),
  created_at: time,
  /** When it came into its state. */
  updated_at: time,
  outcome: z
    .object({ code: z.string().optional(), http_status: z.number().optional(), remote_id: z.string().optional() })
    .optional(),
  /** While somebody is at work on it: when others may take it for abandoned. */
  lease_until: time.optional(),
  /** When it is sent again by itself. */
  next_try_at: time.optional(),
  /** Until when it may be sent at all. */
  expires_at: time.optional(),
  /** When the record is removed. */
  retain_until: time.optional(),
  /** What may be done about it now. */
  can: z.array(z.enum(operatorActions)),
  /** Its attempts, the oldest first, as far back as they are kept. */
  history: z.array(z.object({ fence: z.number(), steps: z.array(stepSchema) })),
});

export type IntentJson = z.infer<typeof intentSchema>;

/** One page of intents. */
export const intentPageSchema = z.object({
  intents: z.array(intentSchema),
  /** The `after` of the next page; null on the last one. */
  next: z.string().nullable(),
});

export type IntentPageJson = z.infer<typeof intentPageSchema>;

/** What a change came to. */
export const intentChangeSchema = z.object({
  /** False where it was so already. */
  changed: z.boolean(),
  intent: intentSchema,
});

export type IntentChangeJson = z.infer<typeof intentChangeSchema>;

/**
 * Shows a record. Members are named one by one, so that what a record holds besides (the body that was sent, the result a
 * caller was told, who owns it) is shown only once somebody has decided so.
 */
export function intentJson(record: IntentRecord): IntentJson {
  const { key, state, fence, attempts, createdAtMs, updatedAtMs } = record;
  return {
    org_id: key.orgId,
    tool_name: key.tool,
    intent_id: key.intentId,
    state,
    fence,
    attempts,
    created_at: timeOf(createdAtMs),
    updated_at: timeOf(updatedAtMs),
    ...('outcome' in record && { outcome: outcomeJson(record.outcome) }),
    ...('leaseUntilMs' in record && { lease_until: timeOf(record.leaseUntilMs) }),
    ...('nextTryAtMs' in record && { next_try_at: timeOf(record.nextTryAtMs) }),
    ...('expiresAtMs' in record && { expires_at: timeOf(record.expiresAtMs) }),
    ...('retainUntilMs' in record && { retain_until: timeOf(record.retainUntilMs) }),
    can: [...possibleActions(record)],
    history: attemptsOf(record).map(attemptJson),
  };
}

const timeOf = (ms: number) => new Date(ms).toISOString();

const outcomeJson = ({ code, httpStatus, remoteId }: Outcome): IntentJson['outcome'] => ({
  ...(code !== undefined && { code }),
  ...(httpStatus !== undefined && { http_status: httpStatus }),
  ...(remoteId !== undefined && { remote_id: remoteId }),
});

type Outcome = Extract<IntentRecord, { outcome: unknown }>['outcome'];

const attemptJson = ({ fence, steps }: Attempt): IntentJson['history'][number] => ({
  fence,
  steps: steps.map(({ state, atMs, by, code, httpStatus }) => ({
    state,
    at: timeOf(atMs),
    by,
    ...(code !== undefined && { code }),
    ...(httpStatus !== undefined && { http_status: httpStatus }),
  })),
});
