import { type BreakerSettings } from './delivery/circuit-breaker';
import { type UrlAllowance } from './delivery/url-policy';
import { type PipelineLimits } from './limits';

/** One org, as far as the pipeline knows it. */
export interface PipelineOrg {
  readonly orgId: string;
  /** Names of the tools its calls may use. */
  readonly tools: readonly string[];
  /** How long a call may take from its execution to its answer, in milliseconds. Setting `webhook.deadlineMs`. */
  readonly deadlineMs: number;
  readonly limits: PipelineLimits;
  /** Without it, whatever has to be delivered is answered `not_configured`. */
  readonly webhook?: PipelineWebhook;
}

/** Where and how an org's requests are delivered. */
export interface PipelineWebhook extends UrlAllowance {
  /** A secret: whoever has it can send. */
  readonly url: string;
  /** Sent with every request, beside the relay's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each signs every request (Standard Webhooks); several while they are being changed. None: not signed. */
  readonly signingSecrets?: readonly string[];
  /** Most requests at a time. */
  readonly maxConcurrent: number;
  /**
   * Whether what provably could not be sent within the call's time is kept and delivered later, for tools whose result is
   * for later. Default false.
   */
  readonly defer?: boolean;
  /** How long it is kept to be delivered, in milliseconds. Default `defaultDeferMaxAgeMs`. */
  readonly deferMaxAgeMs?: number;
  /**
   * Whether the receiver acts once on what comes twice, told by `intent_id`. Only then is a request whose outcome is
   * unknown sent again by itself. Default false.
   */
  readonly deduplicates?: boolean;
  /** Tools whose calls are delivered as events, such as `escalate_call`. */
  readonly events: readonly string[];
  /** When it is given a rest because it fails. Default `defaultBreaker`. */
  readonly breaker?: BreakerSettings;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  readonly ca?: string;
}

/** An org's time for a call, unless set otherwise, in milliseconds. */
export const defaultDeadlineMs = 8_000;

/** An org's requests at a time, unless set otherwise. */
export const defaultMaxConcurrent = 10;

/** How long a request is kept to be delivered later, unless set otherwise: a day, in milliseconds. */
export const defaultDeferMaxAgeMs = 24 * 60 * 60 * 1_000;
