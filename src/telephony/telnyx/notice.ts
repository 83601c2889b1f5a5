import { z } from 'zod';
import type { CallNotice, WebhookRequest } from '../line';
import { parsedJson } from '../parsed-json';

/** What a webhook of Telnyx's says: every event of a call comes to the same address, and one of them asks what to do. */
export function readNotice({ body }: WebhookRequest): CallNotice | 'news' | undefined {
  const event = eventSchema.safeParse(parsedJson(body));
  if (!event.success) return undefined;
  const { event_type: type, payload } = event.data.data;
  // The leg to whom a call is handed over is initiated as well, by ourselves.
  if (type !== 'call.initiated' || payload['direction'] !== 'incoming') return 'news';
  const notice = callSchema.safeParse(payload);
  return notice.success ? { callId: notice.data.call_control_id, called: notice.data.to } : undefined;
}

const eventSchema = z.object({
  data: z.object({ event_type: z.string(), payload: z.record(z.string(), z.unknown()).default({}) }),
});

const callSchema = z.object({ call_control_id: z.string().regex(/^[\w:.=-]{1,256}$/), to: z.string().max(256) });
