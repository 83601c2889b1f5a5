import { z } from 'zod';

const cutOff = z.strictObject({
  after: z.int().min(0),
  by: z.enum(['interruption', 'max_output_tokens', 'content_filter']),
});

const call = z.strictObject({
  name: z.string().min(1),
  /** An object, or the exact string to send: malformed, oddly spaced or empty as wished. */
  arguments: z.union([z.record(z.string(), z.json()), z.string()]).default({}),
  call_id: z.string().max(32).optional(),
  cut_off: cutOff.optional(),
  quirks: z.array(z.enum(['no_name', 'no_item_done'])).default([]),
});

const step = z.union([
  z.strictObject({ say: z.string().min(1), cut_off: cutOff.optional() }),
  z.strictObject({ say_tool_output: z.literal(true) }),
  z.strictObject({ call }),
  z.strictObject({ calls: z.array(call).min(1) }),
  z.strictObject({
    wait_for: z.union([
      z.enum(['cancel', 'release']),
      z.strictObject({ event: z.string() }),
      z.strictObject({ milliseconds: z.int().min(0).max(600_000) }),
    ]),
  }),
  z.strictObject({
    fail: z.strictObject({ type: z.string().default('server_error'), code: z.string(), message: z.string() }),
  }),
  z.strictObject({
    error: z.strictObject({
      type: z.string().default('server_error'),
      code: z.string().nullable().default(null),
      message: z.string(),
      param: z.string().nullable().default(null),
    }),
  }),
  z.strictObject({ emit: z.looseObject({ type: z.string() }) }),
  z.strictObject({
    close: z.strictObject({ code: z.int().min(1000).max(4999), reason: z.string().max(120).default('') }),
  }),
  z.strictObject({ drop: z.literal(true) }),
]);

const order = z.enum(['interleaved', 'sequential']);

const turn = z.strictObject({
  when: z
    .strictObject({
      user: z.string().min(1).optional(),
      turn: z.int().min(1).optional(),
      response: z.int().min(1).optional(),
      tool: z.string().optional(),
      tool_output: z.string().min(1).optional(),
    })
    .optional(),
  times: z.int().min(1).optional(),
  order: order.default('interleaved'),
  steps: z.array(step).min(1),
});

/** The whole of a scenario file; `simulator/README.md` describes it by example. */
export const scenario = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  heard: z.array(z.string()).default([]),
  turns: z.array(turn).default([]),
  quirks: z
    .strictObject({
      rate_limits: z.boolean().default(true),
      event_id_first: z.boolean().default(false),
      late_transcription: z.boolean().default(false),
      automatic_response_while_active: z.enum(['error', 'skip', 'after']).default('error'),
    })
    .prefault({}),
});

/** A scenario as one writes it: everything with a default may be left out. */
export type Scenario = z.input<typeof scenario>;
export type ParsedScenario = z.output<typeof scenario>;
export type Quirks = ParsedScenario['quirks'];
export type Turn = z.output<typeof turn>;
export type Step = z.output<typeof step>;
/** A step as it is performed; what a tool said has become words by then. */
export type PlanStep = Exclude<Step, { say_tool_output: true }>;
export type Call = z.output<typeof call>;
export type CutOff = z.output<typeof cutOff>;
export type ClosingOrder = z.output<typeof order>;
