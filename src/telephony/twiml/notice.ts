import { z } from 'zod';
import { readForm } from '../form';
import type { CallNotice, WebhookRequest } from '../line';

/** What a webhook of Twilio's kind, a form, says of a call. */
export function readNotice({ body }: WebhookRequest): CallNotice | undefined {
  const field = readForm(body);
  const notice = noticeSchema.safeParse({
    account: field?.('AccountSid'),
    callId: field?.('CallSid'),
    called: field?.('To'),
  });
  return notice.success ? notice.data : undefined;
}

/** Ids differ from carrier to carrier, but are words: they stand in addresses and logs. */
const word = z.string().regex(/^[\w-]{1,64}$/);

const noticeSchema = z.object({ account: word, callId: word, called: z.string().max(256) });
