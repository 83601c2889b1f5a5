import { z } from 'zod';
import { defineTool } from '../../pipeline/tool';
import { ToolRegistry } from '../../pipeline/tool-registry';
import { builtInTools } from '../../pipeline/tools';

const named = (name: string) =>
  defineTool({ name, description: 'Does.', parameters: z.object({ a: z.string().optional() }), execute: () => 'done' });

it.each([[''], ['a b'], ['ä'], ['a.b'], ['x'.repeat(65)]])('refuses the name %j', (name) => {
  expect(() => named(name)).toThrow(/must be 1 to 64 letters/);
});

it('declares a schema that allows no other field, whether or not the object is strict', () => {
  expect(named('a-B_1').parameters).toEqual({
    type: 'object',
    properties: { a: { type: 'string' } },
    additionalProperties: false,
  });
});

it('infers the arguments from the parameters', () => {
  defineTool({
    name: 'typed',
    description: 'Types.',
    parameters: z.object({ count: z.number(), note: z.string().optional() }),
    once: { key: ({ count }) => [count.toFixed(0)] },
    execute: ({ count, note }) => (note ?? 'x').repeat(count),
  });
});

it('keeps names unique', () => {
  expect(() => new ToolRegistry([named('a'), named('a')])).toThrow('There are two tools named a.');
});

it('gives sessions the tools named, in that order', () => {
  const registry = new ToolRegistry(builtInTools);
  expect(registry.names).toEqual(['create_appointment', 'escalate_call', 'complete_intake', 'end_call']);
  expect(registry.sessionTools(['end_call', 'fly', 'create_appointment']).map(({ name }) => name)).toEqual([
    'end_call',
    'create_appointment',
  ]);
});

it.each(builtInTools.map((tool) => [tool.name, tool] as const))('%s fits into a session', (_name, tool) => {
  expect(tool.description.length).toBeGreaterThan(40);
  expect(tool.parameters).toMatchObject({ type: 'object', additionalProperties: false });
  expect(JSON.stringify(tool.parameters)).not.toMatch(/"(?:\$schema|pattern|strict)"/);
});
