/**
 * Tools: what the model may call, what arguments each takes, and what it does.
 *
 *     const addNote = defineTool({
 *       name: 'add_note',
 *       description: 'Adds a note to the customer record.',
 *       parameters: z.object({ customer: z.string(), note: z.string() }),
 *       once: { key: ({ customer, note }) => [customer, note] },
 *       async execute({ customer, note }, { signal }) {
 *         await crm.addNote(customer, note, { signal });
 *         return 'The note was added.';
 *       },
 *     });
 */
import { z } from 'zod';
import { type CallControl, type CallIds } from './tool-call';
import { canonicalJson, isJsonObject, type Json, type JsonObject, toJson } from './json';
import { type Delivered } from './delivery/delivery';

/** What a tool is made of. `args` below has the type that `parameters` parses to. */
export interface ToolDefinition<Parameters extends z.ZodObject> {
  /** 1 to 64 letters, digits, `_` or `-`, as the Realtime API demands. */
  readonly name: string;
  /** For the model: what the tool does and when to call it. */
  readonly description: string;
  /** The arguments. Fields not named here are refused, whether or not the object is strict. */
  readonly parameters: Parameters;
  /** With it the tool runs once per identity and its outcome is kept. Without it, it runs every time. */
  readonly once?: Once<z.output<Parameters>>;
  /**
   * Where the effect is, for a tool with `once`; it decides what a throw or a crash before the effect means.
   *
   * - `own` (default): in `execute` itself. From its first line on the effect may have happened, so whatever it throws
   *   is answered `unknown`, unless it is a `ToolFailure` that says better.
   * - `webhook`: nowhere but in `ctx.deliver`. Until that begins to send, nothing has happened.
   */
  readonly effect?: 'own' | 'webhook';
  /** What its intents are about, for the log line "Validating <topic> intent". Default: the name in words. */
  readonly topic?: string;
  /**
   * Does it. What it returns is told to the model as success; to say anything else, throw a `ToolFailure`.
   *
   * When the org's deadline is over, `ctx.signal` is aborted and the model is told `unknown`; what comes later is
   * still recorded. A client that leaves aborts nothing.
   */
  execute(args: z.output<Parameters>, ctx: ToolContext): Promise<ToolReply | string> | ToolReply | string;
}

/** How a tool is held to once. */
export interface Once<Args> {
  /**
   * What makes two calls the same wish; the intent id is made of these fields. Undefined for a call without identity,
   * which then runs every time and is not kept. Default: all arguments.
   */
  key?(args: Args, ids: CallIds): readonly string[] | undefined;
  /** The arguments in the form in which equal wishes are equal, for the fingerprint. Default: as they are. */
  canonical?(args: Args): Json;
  /** Under which name results carry the intent id. Default: they do not. */
  readonly idName?: string;
  /**
   * What a repeat is told. Default: the first reply, which then has to be kept in the store; give this where a reply
   * contains what should not be kept.
   */
  repeat?(args: Args): ToolReply;
  /**
   * What is told while it is kept to be delivered later. Without it the tool is for now and nothing of it is kept for
   * later; with it, `effect` must be `webhook`, and orgs with `webhook.defer` keep what could not be delivered.
   */
  deferred?(args: Args): ToolReply;
  /** From when on it must not be delivered any more, in milliseconds since the epoch. Default: the org's limit alone. */
  deferUntilMs?(args: Args): number;
}

/** What the model is told after success. A plain string is a message alone. */
export interface ToolReply {
  /** A sentence the model can pass on. */
  readonly message: string;
  /** More for the model, beside the message. */
  readonly facts?: JsonObject;
  /** Whether the session is to end once the goodbye has been heard. */
  readonly endSession?: true;
}

/** What a running tool is given. */
export interface ToolContext extends CallIds {
  readonly orgId: string;
  readonly toolName: string;
  /** The id of this intent; a new one for a tool without `once`. */
  readonly intentId: string;
  /** Aborted when the org's deadline is over. */
  readonly signal: AbortSignal;
  /** Present where the call can be transferred or hung up. */
  readonly callControl?: CallControl;
  /**
   * Sends `args` (default: the call's own) to the org's webhook, at most once per call of the tool. Resolves when the
   * webhook has accepted.
   *
   * @throws ToolFailure in every other case; let it pass, or the model is told a success that was none.
   */
  readonly deliver: (args?: JsonObject) => Promise<Delivered>;
  /** As `deliver`, if the org's `webhook.events` names this tool; otherwise does nothing and resolves to undefined. */
  readonly deliverEvent: (args?: JsonObject) => Promise<Delivered | undefined>;
}

/** A tool as the pipeline sees it, whatever its arguments. Made by `defineTool`. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly topic: string;
  readonly effect: 'own' | 'webhook';
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The top-level arguments, in their order. */
  readonly fields: readonly Field[];
  /** Checks arguments against the schema. */
  read(args: JsonObject): Reading;
}

export interface Field {
  readonly name: string;
  readonly isRequired: boolean;
  /** Whether null is a value of the field rather than its absence. */
  readonly takesNull: boolean;
}

export type Reading =
  | { readonly kind: 'valid'; readonly action: Action }
  | { readonly kind: 'invalid'; readonly issues: readonly z.core.$ZodIssue[] };

/** What a tool does with arguments that fit it. */
export interface Action {
  /** The validated arguments as JSON, in the order of the fields. */
  readonly args: JsonObject;
  /** Undefined for a tool that runs every time. */
  readonly once: BoundOnce | undefined;
  execute(ctx: ToolContext): Promise<ToolReply>;
}

/** `Once`, with the arguments filled in. */
export interface BoundOnce {
  key(ids: CallIds): readonly string[] | undefined;
  canonical(): Json;
  readonly idName: string | undefined;
  readonly repeat: (() => ToolReply) | undefined;
  readonly deferred: (() => ToolReply) | undefined;
  readonly deferUntilMs: (() => number) | undefined;
}

/**
 * Makes a tool.
 *
 * @throws TypeError for a name the Realtime API refuses, a schema JSON Schema cannot express, or `once.deferred` in a tool
 *   with an effect of its own.
 */
export function defineTool<Parameters extends z.ZodObject>(definition: ToolDefinition<Parameters>): Tool {
  const { name, description, topic, effect = 'own' } = definition;
  if (!toolNamePattern.test(name)) {
    throw new TypeError(`The tool name ${JSON.stringify(name)} must be 1 to 64 letters, digits, "_" or "-".`);
  }
  if (definition.once?.deferred !== undefined && effect !== 'webhook') {
    throw new TypeError(
      `The tool ${name} has once.deferred and so needs effect: 'webhook': nothing else can be put off.`,
    );
  }
  return {
    name,
    description,
    topic: topic ?? name.replaceAll('_', ' '),
    effect,
    parameters: jsonSchemaOf(definition.parameters),
    fields: fieldsOf(definition.parameters),
    read(given) {
      const parsed = definition.parameters.safeParse(given);
      if (!parsed.success) return { kind: 'invalid', issues: parsed.error.issues };
      return { kind: 'valid', action: actionOf(definition, parsed.data) };
    },
  };
}

const toolNamePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** JSON Schema without `$schema`, which the Realtime API has no use for (protocol reference, section 3.4). */
function jsonSchemaOf(parameters: z.ZodObject): Readonly<Record<string, unknown>> {
  const members: [string, unknown][] = Object.entries(z.toJSONSchema(parameters.strict(), { io: 'input' }));
  return Object.fromEntries(members.filter(([name]) => name !== '$schema'));
}

function fieldsOf(parameters: z.ZodObject): readonly Field[] {
  return Object.entries(parameters.shape).map(([name, schema]) => ({
    name,
    isRequired: !z.safeParse(schema, undefined).success,
    takesNull: z.safeParse(schema, null).success,
  }));
}

function actionOf<Parameters extends z.ZodObject>(
  definition: ToolDefinition<Parameters>,
  args: z.output<Parameters>,
): Action {
  const json = toJson(args);
  if (!isJsonObject(json)) throw new TypeError(`The arguments of ${definition.name} are no object.`);
  return {
    args: json,
    once: definition.once && boundOnce(definition.once, args, json),
    async execute(ctx) {
      const reply = await definition.execute(args, ctx);
      return typeof reply === 'string' ? { message: reply } : reply;
    },
  };
}

function boundOnce<Args>(once: Once<Args>, args: Args, json: JsonObject): BoundOnce {
  return {
    key: (ids) => (once.key === undefined ? [canonicalJson(json)] : once.key(args, ids)),
    canonical: () => (once.canonical === undefined ? json : once.canonical(args)),
    idName: once.idName,
    repeat: once.repeat === undefined ? undefined : once.repeat.bind(undefined, args),
    deferred: once.deferred === undefined ? undefined : once.deferred.bind(undefined, args),
    deferUntilMs: once.deferUntilMs === undefined ? undefined : once.deferUntilMs.bind(undefined, args),
  };
}
