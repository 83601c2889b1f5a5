import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** What a media token carries, so that any process that knows the secret can take the call. */
export interface MediaClaim {
  readonly carrier: string;
  readonly orgId: string;
  /** What the carrier calls the call. */
  readonly callId: string;
}

export type MediaTokenVerdict =
  | {
      readonly kind: 'valid';
      readonly claim: MediaClaim;
      /** To be redeemed, which makes the token good for one use. */
      readonly ticket: string;
      /** Whether this process made it. */
      readonly isOwn: boolean;
      /** Milliseconds since it was made, up to a second too many. */
      readonly ageMs: number;
    }
  | { readonly kind: 'expired' }
  | { readonly kind: 'forged' };

/** Makes and checks the tokens that stand in the addresses of media sockets. */
export interface MediaTokens {
  /** @param validMs how long it is good for, in milliseconds; whole seconds, rounded up. */
  mint(claim: MediaClaim, validMs: number): Promise<string>;
  verify(token: string): Promise<MediaTokenVerdict>;
  /** A second secret that belongs to a token, for carriers that show one instead of a signature. */
  bearerOf(token: string): string;
}

const issuer = 'realtime-relay';
const audience = 'realtime-relay/media';
const algorithm = 'HS256';

/**
 * @param secret Undefined: a random one, so that tokens end with this process.
 * @param nowMs The clock, in milliseconds since 1970.
 */
export function createMediaTokens(secret: string | undefined, nowMs: () => number = Date.now): MediaTokens {
  const minter = randomUUID();
  const key = secret === undefined ? randomBytes(32) : Buffer.from(secret, 'utf8');
  return {
    mint: ({ carrier, orgId, callId }, validMs) =>
      new SignJWT({ carrier, org: orgId, call: callId, by: minter })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt(Math.floor(nowMs() / 1_000))
        .setExpirationTime(Math.ceil((nowMs() + validMs) / 1_000))
        .sign(key),

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          audience,
          algorithms: [algorithm],
          requiredClaims: ['exp'],
          currentDate: new Date(nowMs()),
        });
        const { jti, iat, carrier, org, call, by } = claims.parse(payload);
        return {
          kind: 'valid',
          claim: { carrier, orgId: org, callId: call },
          ticket: `media:${jti}`,
          isOwn: by === minter,
          ageMs: nowMs() - iat * 1_000,
        };
      } catch (error) {
        return { kind: error instanceof errors.JWTExpired ? 'expired' : 'forged' };
      }
    },

    bearerOf: (token) => createHmac('sha256', key).update(`bearer:${token}`).digest('base64url'),
  };
}

const claims = z.object({
  jti: z.string(),
  iat: z.number(),
  carrier: z.string(),
  org: z.string(),
  call: z.string(),
  by: z.string(),
});
