import { type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

/** Seconds a token of an application is valid; one is made for each request. */
const applicationTokenS = 900;

/** A token with which an application may use Vonage's HTTP interface: RS256 (telephony reference, section 15). */
export function applicationToken(applicationId: string, privateKey: KeyObject): Promise<string> {
  return new SignJWT({ application_id: applicationId })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(`${applicationTokenS}s`)
    .setJti(randomUUID())
    .sign(privateKey);
}
