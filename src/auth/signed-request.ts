import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { signatureHeaders } from '../../pipeline';

/** How far the time of a signature may be from ours, in milliseconds; what Standard Webhooks advises. */
export const signatureToleranceMs = 300_000;

/** Most signatures of one request that are looked at. */
const maxSignatures = 16;

/** Whether a request says that it is signed (Standard Webhooks), rightly or not. */
export const isSigned = (headers: IncomingHttpHeaders): boolean => headers['webhook-signature'] !== undefined;

/**
 * Whether a request is signed with a key as Standard Webhooks has it: HMAC-SHA-256 over id, time and the very bytes of the
 * body, and the time is close to ours. It takes as long for a signature that is nearly right as for one that is quite wrong.
 */
export function isSignedWith(key: Buffer, headers: IncomingHttpHeaders, body: Buffer, nowMs: number): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signatures !== 'string') return false;
  const signedAtMs = /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1_000 : NaN;
  if (!(Math.abs(nowMs - signedAtMs) <= signatureToleranceMs)) return false;
  const right = Buffer.from(signatureHeaders([key], id, signedAtMs, body)['webhook-signature']);
  const given = signatures.split(' ', maxSignatures).map((signature) => Buffer.from(signature));
  return given.filter((signature) => signature.length === right.length && timingSafeEqual(signature, right)).length > 0;
}
