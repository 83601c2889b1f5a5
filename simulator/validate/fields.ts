import { z } from 'zod';
import { isRecord } from '../protocol/json';

/** Ids that clients choose for items and calls (protocol reference, section 2.1). */
export const clientId = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[A-Za-z0-9_-]+$/, 'Invalid id: only letters, digits, underscores and dashes are allowed.');

export const audioFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24000).default(24000) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);

export const voice = z.union([
  z.enum(['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar']),
  z.strictObject({ id: z.string() }),
]);

/** One modality, never both (protocol reference, section 3.2). */
export const outputModalities = z.array(z.enum(['text', 'audio'])).refine((modalities) => modalities.length === 1, {
  error: ({ input }) =>
    `Invalid modalities: ${JSON.stringify(input)}. Supported combinations are: ['text'] and ['audio'].`,
});

/** 1 to 4096 as published; what the models with 32k output accept beyond that is not known. */
export const maxOutputTokens = z.union([z.int().min(1).max(4096), z.literal('inf')]);

/** Which efforts there are depends on the dialect, and is looked at when it is applied. */
export const reasoning = z.strictObject({ effort: z.string().optional() });

export const prompt = z.strictObject({
  id: z.string(),
  version: z.string().nullish(),
  variables: z.record(z.string(), z.json()).nullish(),
});

export const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('function'), name: z.string() }),
    z.strictObject({ type: z.literal('mcp'), server_label: z.string(), name: z.string().optional() }),
  ]),
]);

const functionTool = z.strictObject({
  type: z.literal('function'),
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_-]+$/, 'Invalid tool name: only letters, digits, underscores and dashes are allowed.'),
  description: z.string().optional(),
  parameters: z
    .record(z.string(), z.unknown())
    .superRefine((schema, context) => {
      const fault = schemaFault(schema);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: `Invalid schema for function: ${fault}` });
    })
    .optional(),
});

/** Exactly one of the three ways to name a server; the simulator never calls one. */
const mcpTool = z.strictObject({
  type: z.literal('mcp'),
  server_label: z.string().min(1),
  server_url: z.string().optional(),
  connector_id: z.string().optional(),
  tunnel_id: z.string().optional(),
  authorization: z.string().optional(),
  headers: z.record(z.string(), z.string()).nullish(),
  allowed_tools: z.json().optional(),
  require_approval: z.json().optional(),
  server_description: z.string().optional(),
  defer_loading: z.boolean().optional(),
  allowed_callers: z.json().optional(),
});

/** Tools in the flat form; a name may be used once (protocol reference, section 3.4). */
export const tools = z.array(z.discriminatedUnion('type', [functionTool, mcpTool])).superRefine((list, context) => {
  const names = new Set<string>();
  list.forEach((tool, index) => {
    if (tool.type !== 'function') return;
    if (names.has(tool.name)) {
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `Duplicate tool name: '${tool.name}'.`,
        input: tool.name,
      });
    }
    names.add(tool.name);
  });
});

/** Up to 16 pairs, keys to 64 and values to 512 characters (protocol reference, section 3.5). */
export const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, { error: 'Invalid metadata: at most 16 pairs are allowed.' })
  .nullable();

/** What is wrong with a function's JSON Schema, or `undefined`. Checks the structure only, not every keyword. */
function schemaFault(schema: Record<string, unknown>): string | undefined {
  if (schema['type'] !== 'object') return `schema must be of 'type: "object"', got ${JSON.stringify(schema['type'])}.`;
  return propertyFault(schema, '');
}

function propertyFault(schema: unknown, path: string): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isRecord(schema)) return `'${path}' is not a schema.`;
  const { type, properties, required, items } = schema;
  if (type === 'array' && items === undefined) return `array schema ${path} is missing items.`;
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
    return `'${path}required' must be an array of strings.`;
  }
  if (items !== undefined && !Array.isArray(items)) {
    const fault = propertyFault(items, `${path}items.`);
    if (fault !== undefined) return fault;
  }
  if (properties === undefined) return undefined;
  if (!isRecord(properties)) return `'${path}properties' must be an object.`;
  for (const [name, property] of Object.entries(properties)) {
    const fault = propertyFault(property, `${path}${name}.`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
