/** Whether a call that could not be delivered is kept for later, and how. */
import { type Door, type OrgEndpoint } from '../door';
import { type Edge } from '../edge';
import { type Intent } from '../intent-service';
import { defaultDeferMaxAgeMs } from '../org';
import { type ToolReply } from '../tool';
import { nextTryMs } from './next-try';

/** A promise to deliver later. */
export interface Deferral {
  readonly body: string;
  /** When it is tried first, and from when on no more; both from now, in milliseconds. */
  readonly retryMs: number;
  readonly expiresMs: number;
  /** What the caller is told. */
  readonly reply: ToolReply;
}

/**
 * The promise that can be made where a delivery provably was not sent. Undefined where none can: the org or the tool does
 * not defer, nothing was to be delivered, something may have arrived, or it would come too late.
 */
export function deferralOf(
  { action, tool, fingerprint }: Intent,
  { org }: OrgEndpoint,
  { body, delivery }: Pick<Door, 'body' | 'delivery'>,
  edge: Pick<Edge, 'nowMs' | 'random'>,
): Deferral | undefined {
  const { once } = action;
  if (org.webhook?.defer !== true || once?.deferred === undefined || tool.effect !== 'webhook') return undefined;
  // Without an identity there is no record to keep it in.
  if (fingerprint === undefined) return undefined;
  if (body === undefined || (delivery !== undefined && delivery.kind !== 'not_sent')) return undefined;
  const { deferMaxAgeMs = defaultDeferMaxAgeMs } = org.webhook;
  const untilMs = once.deferUntilMs?.() ?? Infinity;
  const expiresMs = Math.floor(Math.min(deferMaxAgeMs, untilMs - edge.nowMs()));
  const retryMs = nextTryMs(1, edge, delivery?.retryAfterMs);
  // Also where the time is none: a tool of one's own may tell any.
  if (!(retryMs < expiresMs)) return undefined;
  return { body, retryMs, expiresMs, reply: once.deferred() };
}
