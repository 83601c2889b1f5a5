import { z } from 'zod';
import { handOverPath } from '../addresses';
import { withPlus } from '../digits-of';
import type { CallNotice, WebhookRequest } from '../line';
import { parsedJson } from '../parsed-json';

/**
 * What a webhook of jambonz's says. Where a call that is handed over goes is asked at an address of its own; at the other one
 * the first webhook about a call asks, which alone brings the SIP request along, and those about its state only tell of it.
 */
export function readNotice({ path, body }: WebhookRequest): CallNotice | 'news' | undefined {
  const event = eventSchema.safeParse(parsedJson(body));
  if (!event.success) return undefined;
  const { sip, ...members } = event.data;
  const asks = sip !== undefined || path.startsWith(handOverPath('jambonz'));
  if (!asks) return 'news';
  const notice = callSchema.safeParse(members);
  if (!notice.success) return undefined;
  const { account_sid: account, call_sid: callId, to: called } = notice.data;
  return { account, callId, called };
}

const eventSchema = z.looseObject({ sip: z.unknown().optional(), call_sid: z.string() });

const callSchema = z.object({
  account_sid: z.guid().toLowerCase(),
  call_sid: z.string().regex(/^[\w-]{1,64}$/),
  to: z.string().max(256).transform(withPlus),
});
