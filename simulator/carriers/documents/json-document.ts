import { z } from 'zod';
import { complaint } from '../complaint';
import { tryParseJson } from '../../protocol/json';
import type { ReadDocument, Verb } from './verb';

/**
 * Reads a document that is a JSON list of instructions; anything that is no list is no document.
 * @param schema of one instruction.
 * @param verbOf what an instruction means.
 */
export function readJsonDocument<S extends z.ZodType>(
  document: string,
  schema: S,
  verbOf: (instruction: z.output<S>) => Verb,
): ReadDocument {
  const list = tryParseJson(document);
  if (!Array.isArray(list)) return { kind: 'nothing' };
  const read = z.array(schema).safeParse(list);
  if (read.success) return { kind: 'document', verbs: read.data.map(verbOf), complaints: [] };
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { kind: 'unreadable', complaint: complaint('invalid_document', faults.join('; ')) };
}
