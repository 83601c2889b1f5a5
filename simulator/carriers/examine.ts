import type { z } from 'zod';
import { isRecord, tryParseJson } from '../protocol/json';

/** A text frame held against what a carrier accepts. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** Reads a JSON object and checks it against a schema; says what is wrong with it in a few words. */
export function readJson<S extends z.ZodType>(text: string, schema: S): Read<z.output<S>> {
  const value = tryParseJson(text);
  if (!isRecord(value)) return { ok: false, why: 'it is no JSON object' };
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return { ok: false, why: place + (issue?.message ?? 'it is not accepted') };
}

/** The bytes of standard base64 with its padding, or `undefined` if it is anything else. */
export function strictBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
