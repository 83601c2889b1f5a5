import { availableParallelism } from 'node:os';
import { z } from 'zod';

/** Kinds of setting that occur in several places. */

/** A text that is not blank; surrounding blanks are dropped. */
export const text = z.string().trim().min(1, 'must not be blank');

/** A whole number, also written as a text (as variables are). */
export const wholeNumber = (min: number, max: number) =>
  z.unknown().transform((value, context): number => {
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
    context.addIssue({ code: 'custom', message: `must be a whole number from ${min} to ${max}` });
    return z.NEVER;
  });

/** A number of processes: 1 to 256, or `auto` for as many as this machine can run at a time. */
export const workerCount = z.unknown().transform((value, context): number => {
  if (value === 'auto') return availableParallelism();
  const count = wholeNumber(1, 256).safeParse(value);
  if (count.success) return count.data;
  context.addIssue({ code: 'custom', message: 'must be "auto" or a whole number from 1 to 256' });
  return z.NEVER;
});

/**
 * A credential that travels in `Authorization: Bearer`: visible ASCII, no blanks. `ek_` is how short-lived client tokens
 * begin, so a key must not.
 *
 * @param leastCharacters how long it is at least
 */
export const credentialOf = (leastCharacters: number) =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without blanks')
    .min(leastCharacters)
    .refine((key) => !key.startsWith('ek_'), 'must not begin with "ek_": that is how short-lived client tokens begin');

/** One that somebody may have chosen. */
export const credential = credentialOf(8);

/** The origin of a page or server: scheme, host and port, nothing after it. Kept as `URL.origin` spells it. */
export const origin = z.string().transform((value, context): string => {
  const url = URL.parse(value);
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url && isBare && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  context.addIssue({
    code: 'custom',
    message: 'must be an origin such as "https://voice.example.com", without a path',
  });
  return z.NEVER;
});

/** A host of webhooks, as `URL.host` spells it: with its port where that is not 443. */
const webhookHost = text.transform((value, context): string => {
  const url = URL.parse(`https://${value}/`);
  const isHost = /^(?:\[.*\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)$/.test(url?.hostname ?? '');
  if (url && isHost && !/[/\\?#@%\s]/.test(value)) return url.host;
  context.addIssue({
    code: 'custom',
    message: 'must be hosts such as "hooks.zapier.com" or "hooks.example.com:8443", without scheme, path or wildcard',
  });
  return z.NEVER;
});

/** Hosts of webhooks: a list, or a text with commas (as variables are). */
export const webhookHosts = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z.array(webhookHost).min(1),
);

/** An org's id: what logs, metrics and records call it. */
export const orgId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    'must be 1 to 64 letters, digits, "_", "-" or ".", beginning with a letter or digit',
  );

/** A time zone by its IANA name, such as `Europe/Berlin`. */
export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/Berlin"');

function isTimeZone(name: string): boolean {
  // Offsets such as "+02:00" would be accepted by Intl, but follow no daylight saving.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
