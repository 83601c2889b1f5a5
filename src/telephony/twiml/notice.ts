import { z } from 'zod';
import { readForm } from '../form';
import type { CallNotice, WebhookRequest } from '../line';

/** What a webhook of Twilio's kind, a form, says of a call. That it is over may be told at the same address, if it is given for that. */
export function readNotice({ body }: WebhookRequest): CallNotice | 'news' | undefined {
  const field = readForm(body);
  if (endStates.has(field?.('CallStatus') ?? '')) return 'news';
  const notice = noticeSchema.safeParse({
    account: field?.('AccountSid'),
    callId: field?.('CallSid'),
    called: field?.('To'),
  });
  return notice.success ? notice.data : undefined;
}

const endStates: ReadonlySet<string> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

/** Ids differ from carrier to carrier, but are words: they stand in addresses and logs. */
const word = z.string().regex(/^[\w-]{1,64}$/);

const noticeSchema = z.object({ account: word, callId: word, called: z.string().max(256) });
