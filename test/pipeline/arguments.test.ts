import fc from 'fast-check';
import { readArguments } from '../../pipeline/arguments';
import { defaultPipelineLimits as limits } from '../../pipeline/limits';

const faultOf = (toolArgs: unknown): string => {
  const reading = readArguments(toolArgs, limits);
  return reading.kind === 'refused' ? reading.fault : '';
};

it('reads an object and a string of one alike', () => {
  const args = { title: 'A', list: [1, { b: null }] };
  expect(readArguments(args, limits)).toEqual({ kind: 'read', args });
  expect(readArguments(JSON.stringify(args), limits)).toEqual({ kind: 'read', args });
});

it.each([[''], ['  \n']])('takes %j for an object without members', (blank) => {
  expect(readArguments(blank, limits)).toEqual({ kind: 'read', args: {} });
});

it.each([
  ['{"title":', 'Invalid tool_args: must be a JSON object, received "{\\"title\\":"'],
  ['[]', 'Invalid tool_args: must be a JSON object, received "[]"'],
  ['null', 'Invalid tool_args: must be a JSON object, received "null"'],
  ['"text"', 'Invalid tool_args: must be a JSON object, received "\\"text\\""'],
  [7, 'Invalid tool_args: must be a JSON object, received 7'],
  [null, 'Invalid tool_args: must be a JSON object, received null'],
  [undefined, 'Invalid tool_args: must be a JSON object, received undefined'],
  [[1], 'Invalid tool_args: must be a JSON object, received [1]'],
])('refuses %j by name', (toolArgs, fault) => {
  expect(faultOf(toolArgs)).toBe(fault);
});

it('refuses more bytes than the limit, counted in UTF-8', () => {
  const ofBytes = (count: number): string => JSON.stringify({ t: 'é'.repeat((count - 8) / 2) });
  expect(readArguments(ofBytes(limits.toolArgumentBytes), limits).kind).toBe('read');
  expect(faultOf(ofBytes(limits.toolArgumentBytes + 2))).toBe(
    'Invalid tool_args: must be at most 16384 bytes, received 16386 bytes',
  );
  expect(faultOf({ t: 'x'.repeat(limits.toolArgumentBytes) })).toMatch(/at most 16384 bytes/);
});

it('refuses deeper nesting than the limit, and does not count brackets in text', () => {
  const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
  expect(readArguments(nested(limits.toolArgumentDepth), limits).kind).toBe('read');
  expect(faultOf(nested(limits.toolArgumentDepth + 1))).toMatch(/nested at most 16 levels/);
  expect(readArguments(JSON.stringify({ a: '[{"\\'.repeat(50) }), limits).kind).toBe('read');
});

it.each([
  ['text', '['.repeat(500_000)],
  ['text within the size', '['.repeat(16_000)],
  ['objects', Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ inner }), {})],
])('survives deep %s', (_form, toolArgs) => {
  expect(readArguments(toolArgs, limits).kind).toBe('refused');
});

it('refuses a cycle and what has no JSON', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  expect(faultOf(cycle)).toMatch(/must be a JSON object/);
  expect(faultOf({ big: 1n })).toMatch(/must be a JSON object/);
  expect(faultOf(() => undefined)).toMatch(/must be a JSON object/);
});

it('names the field in which half a character stands', () => {
  expect(faultOf('{"title":"\\ud800"}')).toBe('Invalid title: must be well-formed Unicode, received "\\ud800"');
  expect(faultOf({ a: [{ '\udc00': 1 }] })).toMatch(/^Invalid a: must be well-formed Unicode/);
});

it('gives plain data for a prototype key', () => {
  const reading = readArguments('{"__proto__":{"admin":true}}', limits);
  expect(reading.kind === 'read' && Object.keys(reading.args)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});

it('never throws', () => {
  fc.assert(fc.property(fc.anything(), (toolArgs) => void readArguments(toolArgs, limits)));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readArguments(text, limits)));
});
