import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { isLoopbackHost } from './hosts';
import { origin } from './values';

/** Kinds of setting that occur with telephone carriers. */

/** A telephone number in E.164 form. */
const phoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a telephone number in E.164 form, such as "+15551230000"');

/** Whom a call is handed over to: a number, or somebody reached by SIP. */
const transferTarget = z
  .string()
  .regex(
    /^(\+[1-9]\d{6,14}|sips?:[\w.!~*'()&=+$,;?/%-]{1,128}@[\w.:[\]-]{1,128})$/,
    'must be a telephone number in E.164 form, such as "+15551230000", or a SIP address such as "sip:desk@example.com"',
  );

/** Whom a dialplan can connect a caller with: an extension of its own as well. */
export const dialplanTarget = z
  .string()
  .regex(
    /^(\+?[\w*#-]{1,40}|sips?:[\w.!~*'()&=+$,;?/%-]{1,128}@[\w.:[\]-]{1,128})$/,
    'must be a telephone number, an extension, or a SIP address such as "sip:desk@example.com"',
  );

/** A credential as carriers make them. */
export const secret = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without blanks')
  .min(8);

/** The name that goes with a password in HTTP Basic. */
export const userName = z
  .string()
  .regex(/^[\x21-\x39\x3b-\x7e]{1,64}$/, 'must be visible ASCII characters without blanks or ":"');

/** One or several; while one takes the place of another both are valid. */
export const oneOrSeveral = (kind: z.ZodString) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(kind).min(1));

/** One or several of those. */
export const secrets = oneOrSeveral(secret);

const inTheClear = 'must be https: — plain http: would show the credentials to the network';

/** Where a carrier's HTTP interface is: in the clear on this very machine alone, where tests have it. */
export const apiBaseUrl = origin.refine(keepsCredentials, inTheClear);

/** The same where it may be below a path, which is kept without its last slash; the version that follows is not part of it. */
export const apiBaseUrlWithPath = z
  .string()
  .transform((value, context): string => {
    const url = URL.parse(value);
    const isBare = url?.search === '' && url.hash === '' && url.username === '' && !/\/v1\/?$/.test(url.pathname);
    if (url && isBare && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, '');
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as "https://jambonz.cloud/api", without "/v1"',
    });
    return z.NEVER;
  })
  .refine(keepsCredentials, inTheClear);

/** What every carrier has. */
export const ofEveryCarrier = {
  /** The numbers whose calls are this org's. A number can be one org's only. */
  numbers: z.array(phoneNumber).min(1),
  /** Whom `escalate_call` hands a caller over to; left out: nobody. */
  transferTo: transferTarget.optional(),
} as const;

/** An RSA key in PEM form; its lines may be parted by `\\n` in writing, because not everything keeps line breaks. */
export const rsaPrivateKey = z.string().transform((value, context): string => {
  const pem = value.replaceAll('\\n', '\n');
  if (isStrongRsaKey(pem)) return pem;
  context.addIssue({ code: 'custom', message: 'must be an RSA private key of 2048 bits or more in PEM form' });
  return z.NEVER;
});

function keepsCredentials(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopbackHost(hostname);
}

function isStrongRsaKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}
