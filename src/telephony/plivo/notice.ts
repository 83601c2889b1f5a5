import { z } from 'zod';
import { withPlus } from '../digits-of';
import type { CallNotice, WebhookRequest } from '../line';

/** What a webhook of Plivo's, a form, says of a call. That it is over is told at the same address. */
export function readNotice({ body }: WebhookRequest): CallNotice | 'news' | undefined {
  const fields = new URLSearchParams(body);
  const only = (name: string) => (fields.getAll(name).length === 1 ? fields.get(name) : undefined);
  if (only('Event') === 'Hangup' || only('CallStatus') === 'completed') return 'news';
  const notice = noticeSchema.safeParse({ callId: only('CallUUID'), called: only('To') });
  return notice.success ? notice.data : undefined;
}

const noticeSchema = z.object({
  callId: z.string().regex(/^[\w-]{1,64}$/),
  called: z.string().max(256).transform(withPlus),
});
