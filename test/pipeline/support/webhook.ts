import { Deadline } from '../../../pipeline/deadline';
import { type Delivery } from '../../../pipeline/delivery/delivery';
import { Webhook, type WebhookOptions } from '../../../pipeline/delivery/webhook';
import { webhookBody } from '../../../pipeline/delivery/webhook-body';
import { realEdge } from '../../../pipeline/edge';
import { silentLog } from '../../../pipeline/log';
import { type PipelineWebhook } from '../../../pipeline/org';
import { type Closing } from './closing';

export const intentId = '0123456789abcdef';

export const body = webhookBody({
  intentId,
  orgId: 'org_1',
  callId: undefined,
  toolName: 'create_appointment',
  toolArgs: { title: 'Höhe' },
});

/** Makes webhooks that are closed after the test. */
export const webhooks =
  (opened: Closing) =>
  (
    url: string,
    changes: Partial<PipelineWebhook> = {},
    {
      edge,
      ...options
    }: Partial<Omit<WebhookOptions, 'edge'>> & { readonly edge?: Partial<WebhookOptions['edge']> } = {},
  ): Webhook => {
    const webhook = new Webhook(
      { url, maxConcurrent: 2, events: [], allowLoopback: true, allowPrivateNetwork: false, ...changes },
      { log: silentLog, ...options, edge: { ...realEdge, ...edge } },
    );
    return opened.add(webhook, () => webhook.close());
  };

export async function send(webhook: Webhook, ms = 5_000, beforeSending = () => Promise.resolve()): Promise<Delivery> {
  const deadline = new Deadline(ms, realEdge);
  try {
    return await webhook.deliver({ intentId, body, deadline, beforeSending, log: silentLog });
  } finally {
    deadline.clear();
  }
}
