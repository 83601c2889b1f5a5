import fc from 'fast-check';
import { frameType } from '../../../relay/protocol/frame';

const frame = (text: string) => Buffer.from(text);

describe('frameType', () => {
  it('reads the type of a frame in the order OpenAI sends', () => {
    expect(frameType(frame('{"type":"response.output_audio.delta","event_id":"e","delta":"AAAA"}'))).toBe(
      'response.output_audio.delta',
    );
  });

  it('reads a type behind other keys, nested objects and whitespace', () => {
    expect(
      frameType(frame(' {\n "event_id" : "e", "a":{"type":"no","b":[{"type":"no"}]}, "n":-1.5e3 , "type" : "x" }')),
    ).toBe('x');
  });

  it('is not fooled by a type inside a string', () => {
    expect(frameType(frame('{"delta":"\\",\\"type\\":\\"no","type":"yes"}'))).toBe('yes');
  });

  it('reads escapes by a full parse', () => {
    expect(frameType(frame('{"\\u0074ype":"a\\u0062"}'))).toBe('ab');
  });

  it.each(['', 'null', '[]', '"type"', '{', '{}', '{"type":1}', '{"type":null}', '{"type":"x', '[{"type":"x"}]'])(
    'finds no type in %p',
    (text) => {
      expect(frameType(frame(text))).toBeUndefined();
    },
  );

  it('agrees with JSON.parse on every object, however it is written', () => {
    fc.assert(
      fc.property(objectWithType, fc.constantFrom('', ' ', '\n\t'), ({ value, order }, space) => {
        const text = write(value, order, space);
        const type: unknown = (JSON.parse(text) as { type?: unknown }).type;
        expect(frameType(frame(text))).toBe(typeof type === 'string' ? type : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

const objectWithType = fc
  .record({
    value: fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('type', 'event_id', 'delta')),
      fc.oneof(fc.string(), fc.jsonValue()),
    ),
    type: fc.oneof(fc.string(), fc.constant('response.output_audio.delta'), fc.jsonValue()),
    withType: fc.boolean(),
    order: fc.array(fc.nat(1000), { maxLength: 12 }),
  })
  .map(({ value, type, withType, order }) => ({ value: withType ? { ...value, type } : value, order }));

/** Writes an object with its keys in a chosen order, so that `type` may stand anywhere. */
function write(value: Record<string, unknown>, order: readonly number[], space: string): string {
  const entries = Object.entries(value)
    .filter(([key]) => key !== '__proto__')
    .map((entry, index) => ({ entry, rank: order[index] ?? index }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry: [key, member] }) => `${space}${JSON.stringify(key)}${space}:${space}${JSON.stringify(member)}`);
  return `${space}{${entries.join(`${space},`)}${space}}${space}`;
}
