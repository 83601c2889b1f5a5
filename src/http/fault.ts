import type { z } from 'zod';
import { pathText } from '../config/problems';
import { type Refusal, refusal } from './refusal';

/** What is wrong with a request's body, by its first fault; the value received is not repeated. */
export function describeFault(error: z.ZodError): Refusal {
  const [first] = error.issues;
  const place = first && first.path.length > 0 ? pathText(first.path) : undefined;
  const message = `${place ?? 'The body'}: ${first?.message ?? 'is not valid'}.`;
  return refusal.malformed(message, place);
}
