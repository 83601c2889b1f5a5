import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type PipelineWebhook } from '../org';
import { defaultBreaker } from './circuit-breaker';
import { signingKey } from './signature';
import { urlFault } from './url-policy';

/** Headers a webhook's settings may not have: the delivery sets them, or the connection depends on them. */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/** What is wrong with a webhook's settings, as a sentence that names the setting but no value; undefined if nothing. */
export function webhookFault(settings: PipelineWebhook): string | undefined {
  const { url, headers = {}, signingSecrets = [], maxConcurrent, breaker = defaultBreaker } = settings;
  const wrongUrl = urlFault(url, settings);
  if (wrongUrl !== undefined) return `webhook.url: the URL ${wrongUrl}.`;
  for (const [name, value] of Object.entries(headers)) {
    const wrongHeader = headerFault(name, value);
    if (wrongHeader !== undefined) return `webhook.headers: ${JSON.stringify(name)} ${wrongHeader}.`;
  }
  if (signingSecrets.some((secret) => signingKey(secret) === undefined)) {
    return 'webhook.signingSecrets: each must be base64 of 24 to 64 bytes, with or without the prefix "whsec_".';
  }
  if (!Number.isInteger(maxConcurrent) || maxConcurrent < 1) {
    return 'webhook.maxConcurrent: must be a whole number of at least 1.';
  }
  for (const name of ['failures', 'pauseMs', 'maxPauseMs'] as const) {
    if (!Number.isInteger(breaker[name]) || breaker[name] < 1) {
      return `webhook.breaker.${name}: must be a whole number of at least 1.`;
    }
  }
  if (breaker.maxPauseMs < breaker.pauseMs) return 'webhook.breaker.maxPauseMs: must not be less than pauseMs.';
  return undefined;
}

function headerFault(name: string, value: string): string | undefined {
  if (reservedHeaders.has(name.toLowerCase())) return 'is set by the relay itself';
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return undefined;
  } catch {
    return 'is no valid HTTP header';
  }
}
