import { randomBytes, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** What every client token begins with, as OpenAI's own do. */
export const clientTokenPrefix = 'ek_';

/** Seconds a client token may open sessions. */
export const tokenLifetime = { minS: 10, maxS: 7_200, defaultS: 600 } as const;

/** A short-lived token that opens sessions of one org; made for browsers. */
export interface ClientToken {
  /** `ek_` and a signed JWT. */
  readonly value: string;
  /** Unix time in seconds. It stops opening sessions then; those it opened go on. */
  readonly expiresAt: number;
}

export type TokenVerdict =
  { readonly kind: 'valid'; readonly orgId: string } | { readonly kind: 'expired' } | { readonly kind: 'forged' };

/** Makes and checks client tokens with one secret. */
export interface ClientTokens {
  mint(orgId: string, lifetimeS?: number): Promise<ClientToken>;
  verify(value: string): Promise<TokenVerdict>;
}

const issuer = 'realtime-relay';
const audience = 'realtime-relay/session';
const algorithm = 'HS256';

/**
 * @param secret Undefined: a random one, so that tokens end with this process.
 * @param nowMs The clock, in milliseconds since 1970.
 */
export function createClientTokens(secret: string | undefined, nowMs: () => number = Date.now): ClientTokens {
  const key = secret === undefined ? randomBytes(32) : Buffer.from(secret, 'utf8');
  return {
    async mint(orgId, lifetimeS = tokenLifetime.defaultS) {
      const issuedAt = Math.floor(nowMs() / 1_000);
      const expiresAt = issuedAt + lifetimeS;
      const jwt = await new SignJWT({ org: orgId })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { value: clientTokenPrefix + jwt, expiresAt };
    },

    async verify(value) {
      try {
        const { payload } = await jwtVerify(value.slice(clientTokenPrefix.length), key, {
          issuer,
          audience,
          algorithms: [algorithm],
          requiredClaims: ['exp', 'org'],
          currentDate: new Date(nowMs()),
        });
        const { org } = payload;
        return typeof org === 'string' ? { kind: 'valid', orgId: org } : { kind: 'forged' };
      } catch (error) {
        return { kind: error instanceof errors.JWTExpired ? 'expired' : 'forged' };
      }
    },
  };
}
