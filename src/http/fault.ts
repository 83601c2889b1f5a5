import type { z } from 'zod';
import { pathText } from '../config/problems';
import { type Refusal, refusal } from './refusal';

/** What is wrong with a request's body, by its first fault; the value received is not repeated. */
export function describeFault(error: z.ZodError): Refusal {
  const { place, words } = firstFault(error);
  return refusal.malformed(`${place ?? 'The body'}: ${words}.`, place);
}

/** What is wrong with the parameters in a request's address, by the first fault. */
export function describeQueryFault(error: z.ZodError): Refusal {
  const [first] = error.issues;
  const unknown = first?.code === 'unrecognized_keys' ? first.keys[0] : undefined;
  const { place, words } = firstFault(error);
  return refusal.malformed(`${place ?? 'The query'}: ${words}.`, place ?? unknown);
}

function firstFault({ issues: [first] }: z.ZodError): { readonly place: string | undefined; readonly words: string } {
  const place = first && first.path.length > 0 ? pathText(first.path) : undefined;
  return { place, words: first?.message ?? 'is not valid' };
}
