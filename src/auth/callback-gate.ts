import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { signingKey } from '../../pipeline';
import type { OrgConfig } from '../config';
import { type Refusal, refusal } from '../http/refusal';
import { presentedCredential } from './credential';
import { createKeyRing } from './key-ring';
import { isSigned, isSignedWith } from './signed-request';

/**
 * Judges who reports how an intent ended: whoever knows the org's `webhook.callbackSecret`, shown as a Bearer credential,
 * used to sign the request, or both. A secret that signs must be one of Standard Webhooks: base64 of 24 to 64 bytes, with
 * or without `whsec_`.
 */
export interface CallbackGate {
  /** Why a request cannot be from any org, as far as its headers tell; asked before its body is read. */
  refusalOf(headers: IncomingHttpHeaders): Refusal | undefined;
  /** Whether a request is from an org. A wrong secret and an org that there is not are one and the same. */
  isFrom(orgId: string, headers: IncomingHttpHeaders, body: Buffer): boolean;
}

/** @param nowMs The clock, in milliseconds since 1970. */
export function createCallbackGate(
  orgs: readonly Pick<OrgConfig, 'id' | 'webhook'>[],
  nowMs: () => number = Date.now,
): CallbackGate {
  const secrets = orgs.flatMap(({ id, webhook }) =>
    webhook?.callbackSecret === undefined ? [] : [[webhook.callbackSecret, id] as const],
  );
  const owners = createKeyRing<string>(secrets);
  const signingKeys = new Map(secrets.map(([secret, id]) => [id, signingKey(secret)]));
  /** Stands for the key of an org that has none, so that it takes as long to refuse. */
  const nobodysKey = randomBytes(32);

  const ownerIn = (headers: IncomingHttpHeaders): string | undefined => {
    const presented = presentedCredential(headers);
    return presented.kind === 'credential' ? owners.ownerOf(presented.value) : undefined;
  };

  return {
    refusalOf(headers) {
      const isBearer = presentedCredential(headers).kind !== 'none';
      if (!isBearer && !isSigned(headers)) return refusal.noCallbackCredential();
      return isBearer && ownerIn(headers) === undefined ? refusal.wrongCredential() : undefined;
    },
    isFrom(orgId, headers, body) {
      const isBearer = presentedCredential(headers).kind !== 'none';
      if (isBearer && ownerIn(headers) !== orgId) return false;
      if (!isSigned(headers)) return isBearer;
      return isSignedWith(signingKeys.get(orgId) ?? nobodysKey, headers, body, nowMs());
    },
  };
}
