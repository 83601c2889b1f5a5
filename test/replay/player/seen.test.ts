import fc from 'fast-check';
import { seenInEvent, seenInFrame } from '../../../replay/player/seen';

describe('an event off the wire', () => {
  it('means the same whether its audio is parsed or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.boolean(), (bytes, typeFirst) => {
        const delta = Buffer.from(bytes).toString('base64');
        const type = 'response.output_audio.delta';
        const event = typeFirst
          ? { type, event_id: 'event_1', delta, item_id: 'item_1' }
          : { event_id: 'event_1', type, item_id: 'item_1', delta };
        const seen = seenInFrame(Buffer.from(JSON.stringify(event)));
        expect(seen).toEqual(seenInEvent(event));
        expect(seen).toEqual({ type, kind: 'audio', bytes: bytes.length, itemId: 'item_1' });
      }),
    );
  });

  it('is none where it cannot be read', () => {
    fc.assert(fc.property(fc.string(), (text) => void seenInFrame(Buffer.from(text))));
    expect(seenInFrame(Buffer.from('{"type":"response.output_audio.delta","del'))).toBeUndefined();
    expect(seenInFrame(Buffer.from('[1]'))).toBeUndefined();
  });

  it('tells an error by its code, and where it has none by its type', () => {
    expect(seenInEvent({ type: 'error', error: { code: 'too_much', type: 'server_error' } })).toMatchObject({
      code: 'too_much',
    });
    expect(seenInEvent({ type: 'error', error: { code: null, type: 'server_error' } })).toMatchObject({
      code: 'server_error',
    });
    expect(seenInEvent({ type: 'error' })).toMatchObject({ code: 'unknown' });
  });

  it('is not repeated where a name should stand and anything may', () => {
    const told = 'Bob <bob@example.com>';
    const events = [
      { type: told },
      { type: 'error', error: { code: told } },
      { type: 'response.done', response: { status: told } },
      { type: 'conversation.item.added', item: { id: 'item_1', type: told, role: told } },
    ];
    for (const event of events) expect(JSON.stringify(seenInEvent(event))).not.toContain('bob');
  });
});
