import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { jwtVerify } from 'jose';
import { z } from 'zod';

/** Seconds a signed token is taken after it was made. */
export const signedTokenAgeS = 300;

/** Seconds by which Vonage's clock and ours may differ. */
export const signedTokenSkewS = 60;

/** What a token has to be signed with, and for. */
export interface TokenSigner {
  /** One of which signed; several while one takes the place of another. */
  readonly secrets: readonly string[];
  readonly applicationId: string;
}

/**
 * Whether a request carries a token that Vonage signed on behalf of an application: `Authorization: Bearer`, HS256 (telephony
 * reference, section 6).
 *
 * @param body of a webhook, for which the token has to vouch; left out for the opening of a media socket, which has none.
 * @param nowMs The clock, in milliseconds since 1970.
 */
export async function isSignedByVonage(
  { secrets, applicationId }: TokenSigner,
  { authorization = '' }: IncomingHttpHeaders,
  body?: string,
  nowMs: number = Date.now(),
): Promise<boolean> {
  const token = /^Bearer (\S+)$/.exec(authorization)?.[1] ?? '';
  for (const secret of secrets) {
    const claims = await claimsOf(token, secret, nowMs);
    const isOurs = claims?.application_id === applicationId;
    if (isOurs && (body === undefined || claims.payload_hash === hashOf(body))) return true;
  }
  return false;
}

async function claimsOf(token: string, secret: string, nowMs: number) {
  try {
    const { payload } = await jwtVerify(token, Buffer.from(secret), {
      algorithms: ['HS256'],
      maxTokenAge: signedTokenAgeS,
      clockTolerance: signedTokenSkewS,
      currentDate: new Date(nowMs),
    });
    return claimsSchema.parse(payload);
  } catch {
    return undefined;
  }
}

const claimsSchema = z.object({ application_id: z.string(), payload_hash: z.string().optional() });

const hashOf = (body: string) => createHash('sha256').update(body).digest('hex');
