import { type JsonObject } from '../json';

/** What a webhook is told. */
export interface WebhookEnvelope {
  readonly intentId: string;
  readonly orgId: string;
  readonly callId: string | undefined;
  readonly toolName: string;
  readonly toolArgs: JsonObject;
}

/**
 * The body of a webhook request: `intent_id`, `org_id`, `call_id` (null if there is none), `tool_name`, `tool_args`, in
 * this order, as JSON without whitespace. Serialised once; every attempt sends, and every signature covers, these bytes.
 */
export function webhookBody({ intentId, orgId, callId, toolName, toolArgs }: WebhookEnvelope): Buffer {
  return Buffer.from(
    JSON.stringify({
      intent_id: intentId,
      org_id: orgId,
      call_id: callId ?? null,
      tool_name: toolName,
      tool_args: toolArgs,
    }),
  );
}
