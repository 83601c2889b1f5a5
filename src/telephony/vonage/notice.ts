import { z } from 'zod';
import { withPlus } from '../digits-of';
import { parsedJson } from '../parsed-json';
import type { CallNotice, WebhookRequest } from '../line';

/** What a webhook of Vonage's, a JSON object, says of a call: one that has a status only tells of it. */
export function readNotice({ body }: WebhookRequest): CallNotice | 'news' | undefined {
  const event = eventSchema.safeParse(parsedJson(body));
  if (!event.success) return undefined;
  if (event.data.status !== undefined || event.data.to === undefined) return 'news';
  const notice = callSchema.safeParse(event.data);
  return notice.success ? { callId: notice.data.uuid, called: notice.data.to } : undefined;
}

const eventSchema = z.looseObject({ status: z.unknown().optional(), to: z.unknown().optional() });

const callSchema = z.object({
  uuid: z.string().regex(/^[\w-]{1,64}$/),
  to: z.string().max(256).transform(withPlus),
});
