/** When what was kept is sent again. */
import { type Edge } from '../edge';
import { type PipelineWebhook } from '../org';
import { type IntentRecord } from '../store/store';

/** Bounds of the pause before a deferred request is tried again, in milliseconds: it doubles with every try. */
const firstPauseMs = 1_000;
export const maxPauseMs = 600_000;

/** The longest `Retry-After` that is heeded, in milliseconds: it is the word of somebody outside. */
export const maxRetryAfterMs = 3_600_000;

/** How often a request is sent at most whose outcome stays unknown, to a receiver that deduplicates. */
export const maxSends = 5;

/**
 * The first pause before such a request is sent again, in milliseconds, half of it at random: it is four times as long after every
 * send. Never short, because the first request may still be at work there.
 */
const firstResendPauseMs = 2_000;

/**
 * The pause before what was provably not sent is tried again, in milliseconds: random, up to a bound that doubles, so
 * that after an outage not all come at once; and not before its receiver asked for it.
 *
 * @param claims how often it has been claimed
 */
export function nextTryMs(claims: number, { random }: Pick<Edge, 'random'>, retryAfterMs = 0): number {
  const boundMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(claims - 1, 20));
  return Math.ceil(Math.min(retryAfterMs, maxRetryAfterMs) + random() * boundMs);
}

/**
 * The pause before what may have arrived is sent again by itself, in milliseconds. Undefined where it must not be: the
 * receiver does not deduplicate, or it has been sent `maxSends` times.
 *
 * @param trail of the record as it is before this outcome is written
 */
export function nextResendMs(
  webhook: Pick<PipelineWebhook, 'deduplicates'> | undefined,
  trail: IntentRecord['trail'],
  { random }: Pick<Edge, 'random'>,
): number | undefined {
  const sends = 1 + trail.filter(({ state }) => state === 'UNKNOWN').length;
  if (webhook?.deduplicates !== true || sends >= maxSends) return undefined;
  return Math.ceil((0.5 + random() / 2) * firstResendPauseMs * 4 ** (sends - 1));
}
