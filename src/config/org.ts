import { z } from 'zod';
import { orgLimitsSchema } from './limits';
import { recordSchema } from './recording';
import { sessionFieldsSchema } from './session-fields';
import { telephonySchema } from './telephony';
import { credential, origin, text, timeZone } from './values';
import { webhookSchema } from './webhook';

/** `orgs.<id>` of the config file. */
export const orgSchema = z.strictObject({
  /** Keys that open sessions and use the HTTP endpoints for this org. None at all: reachable from this machine only. */
  apiKeys: z.array(credential).default([]),
  /** Pages that may connect, exactly as browsers send `Origin`; left out: the relay's own. */
  allowedOrigins: z.array(origin).optional(),
  /** What "tomorrow at three" is reckoned in. */
  timeZone: timeZone.default('UTC'),
  /** Names of the tools the model may call; left out: all. */
  tools: z.array(text).optional(),
  session: sessionFieldsSchema.default({}),
  webhook: webhookSchema.optional(),
  record: recordSchema.optional(),
  limits: orgLimitsSchema.default({}),
  telephony: telephonySchema.optional(),
});

export type OrgSettings = z.infer<typeof orgSchema>;
