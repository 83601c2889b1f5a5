import fc from 'fast-check';
import { escapeEventId, relayPrefix, unescapeEventId } from '../../../relay/protocol/event-id';

describe('escapeEventId', () => {
  it('is undone by unescapeEventId and never yields a reserved id', () => {
    const id = fc.oneof(
      fc.string(),
      fc.string().map((rest) => relayPrefix + rest),
      fc.string().map((rest) => '~' + rest),
    );
    fc.assert(
      fc.property(id, (text) => {
        expect(unescapeEventId(escapeEventId(text))).toBe(text);
        expect(escapeEventId(text).startsWith(relayPrefix)).toBe(false);
      }),
    );
  });
});
