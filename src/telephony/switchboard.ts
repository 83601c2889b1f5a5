import type { OrgConfig } from '../config';
import { jambonz } from './carriers/jambonz';
import { plivo } from './carriers/plivo';
import { signalwire } from './carriers/signalwire';
import { telnyx } from './carriers/telnyx';
import { twilio } from './carriers/twilio';
import { vonage } from './carriers/vonage';
import type { CallNotice, Carrier, WebhookLine, WebhookRequest } from './line';

/** Every carrier that asks what to do with a call. */
export const carriers: readonly Carrier[] = [twilio, signalwire, telnyx, plivo, vonage, jambonz];

/** Whose a call is, or why it is nobody's. */
export type Connection =
  | { readonly kind: 'line'; readonly line: WebhookLine; readonly notice: CallNotice }
  /** It is not from the carrier, or on behalf of another account than the number's. */
  | { readonly kind: 'forged' }
  | { readonly kind: 'unknown_number' }
  /** It is the carrier's, but asks for nothing. */
  | { readonly kind: 'news' };

/** Which org a call belongs to, by the number that was called. */
export interface Switchboard {
  readonly isEmpty: boolean;
  /** Judges a webhook: first whether it is the carrier's, then what it says. */
  find(carrier: Carrier, request: WebhookRequest): Promise<Connection>;
  /** An org's line at a carrier; undefined where it has none. */
  lineOf(carrier: string, orgId: string): WebhookLine | undefined;
}

/** @param publicUrl the relay's origin as carriers know it; without one there are no lines. */
export function createSwitchboard(orgs: readonly OrgConfig[], publicUrl: string | undefined): Switchboard {
  const lines =
    publicUrl === undefined
      ? []
      : carriers.flatMap((carrier) => orgs.flatMap((org) => carrier.lineOf(org, publicUrl) ?? []));
  return {
    isEmpty: lines.length === 0,
    lineOf: (carrier, orgId) => lines.find((line) => line.carrier === carrier && line.org.id === orgId),
    async find(carrier, request) {
      const notice = carrier.readNotice(request);
      if (notice === undefined) return { kind: 'forged' };
      const here = lines.filter((line) => line.carrier === carrier.name);
      const account = notice === 'news' ? undefined : notice.account;
      const meant = here.filter((line) => account === undefined || line.account === account);
      const verdicts = await Promise.all(meant.map(async (line) => line.signedWebhook(request)));
      const signed = meant.filter((_line, index) => verdicts[index]);
      if (signed.length === 0) return { kind: 'forged' };
      if (notice === 'news') return { kind: 'news' };
      const line = signed.find(({ numbers }) => numbers.includes(notice.called));
      if (line !== undefined) return { kind: 'line', line, notice };
      const isOthers = here.some(({ numbers }) => numbers.includes(notice.called));
      return { kind: isOthers ? 'forged' : 'unknown_number' };
    },
  };
}
