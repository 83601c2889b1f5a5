import { z } from 'zod';
import { withPlus } from '../digits-of';
import { readForm } from '../form';
import type { CallNotice, WebhookRequest } from '../line';

/** What a webhook of Plivo's, a form, says of a call. That it is over is told at the same address. */
export function readNotice({ body }: WebhookRequest): CallNotice | 'news' | undefined {
  const field = readForm(body);
  if (field?.('Event') === 'Hangup' || field?.('CallStatus') === 'completed') return 'news';
  const notice = noticeSchema.safeParse({ callId: field?.('CallUUID'), called: field?.('To') });
  return notice.success ? notice.data : undefined;
}

const noticeSchema = z.object({
  callId: z.string().regex(/^[\w-]{1,64}$/),
  called: z.string().max(256).transform(withPlus),
});
