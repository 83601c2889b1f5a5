import { z } from 'zod';
import { defaultBreaker, defaultDeadlineMs, defaultDeferMaxAgeMs, defaultMaxConcurrent } from '../../pipeline';
import { credentialOf, text, wholeNumber } from './values';

/**
 * `orgs.<id>.webhook`. What URL, headers and secrets may be is judged by the pipeline, which uses them, when all settings
 * are known (rules.ts).
 */
export const webhookSchema = z.strictObject({
  /** The address is itself the credential: it is never logged or shown. */
  url: text,
  /** Headers added to each request. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Standard Webhooks secrets; each signs, so that a receiver finds its own while they are being changed. */
  signingSecrets: z.array(z.string()).default([]),
  /** Milliseconds for one call of a tool, waiting for a slot included. */
  deadlineMs: wholeNumber(1_000, 30_000).default(defaultDeadlineMs),
  /** Requests to this hook that may be under way at once. */
  maxConcurrent: wholeNumber(1, 1_000).default(defaultMaxConcurrent),
  /** Tools whose calls are delivered as events, such as `escalate_call`. */
  events: z.array(text).default([]),
  /** When the hook is given a rest because it fails, and for how long. */
  breaker: z
    .strictObject({
      /** Deliveries in a row that have to fail. */
      failures: wholeNumber(1, 1_000).default(defaultBreaker.failures),
      /** Milliseconds of the first rest; each that follows is twice as long. */
      pauseMs: wholeNumber(1, 3_600_000).default(defaultBreaker.pauseMs),
      /** Milliseconds of the longest rest. */
      maxPauseMs: wholeNumber(1, 3_600_000).default(defaultBreaker.maxPauseMs),
    })
    .prefault({}),
  /** Whether the hook may be inside one's own network. */
  allowPrivateNetwork: z.boolean().default(false),
  /** Whether the Zap looks up `intent_id` and acts once on what comes twice; then what is in doubt is sent again. */
  deduplicates: z.boolean().default(false),
  /** Whether appointments that provably could not be sent are kept and delivered later. */
  defer: z.boolean().default(false),
  /** Milliseconds they are kept; never longer than until the appointment begins. */
  deferMaxAgeMs: wholeNumber(1_000, 30 * 86_400_000).default(defaultDeferMaxAgeMs),
  /** With it the receiver may report how an intent ended; what it may be in a signature says src/auth/callback-gate.ts. */
  callbackSecret: credentialOf(24).optional(),
});

export type WebhookSettings = z.infer<typeof webhookSchema>;
