import fc from 'fast-check';

/** Words that must never reach a client: whatever contains `SECRET`. */
export const secrets = {
  tool: 'SECRET_tool',
  call: 'SECRET_call',
  arguments: '{"SECRET":1}',
  output: 'SECRET output',
  instructions: 'SECRET instructions',
  item: 'item_SECRET',
};

const secretWord = fc.constantFrom(...Object.values(secrets));

const toolKey = fc.constantFrom(
  'name',
  'call_id',
  'arguments',
  'output',
  'tools',
  'instructions',
  'prompt',
  'tool_choice',
  'item',
  'item_id_of_tool',
  'mcp',
  'content_of_tool',
  'anything',
  'constructor',
);

/** A tool's item in full, or anything else made of secret words, as an object or a list. */
export const secretThing: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  thing: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({
      id: secrets.item,
      type: 'function_call',
      call_id: secrets.call,
      name: secrets.tool,
      arguments: secrets.arguments,
    }),
    fc.constant({
      id: secrets.item,
      type: 'function_call_output',
      call_id: secrets.call,
      output: secrets.output,
    }),
    fc.dictionary(toolKey, fc.oneof(secretWord, tie('thing'))),
    fc.array(tie('thing'), { maxLength: 2 }),
  ),
})).thing;

/** Members nobody has thought of. */
const extras = fc.dictionary(toolKey, fc.oneof(secretWord, secretThing), { maxKeys: 2 });

/**
 * An object with the members of `shape`, beside members nobody has thought of; now and then a member of the shape has
 * another type than it should.
 */
export function hostile(shape: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  const twist = fc.option(fc.tuple(fc.constantFrom(...Object.keys(shape)), secretThing), { freq: 6 });
  return fc.tuple(extras, fc.record(shape), twist).map(([more, members, twisted]) => {
    if (twisted === null || twisted[0] === 'type') return { ...more, ...members };
    return { ...more, ...members, [twisted[0]]: { wrong: twisted[1] } };
  });
}
