import fc from 'fast-check';
import type { AudioMode, PersonalDataMode } from '../../../replay/recording/format';
import { redactedLength } from '../../../replay/recording/format';
import { Scribe } from '../../../replay/recording/scribe';
import { eventTypes, members, protocolWords } from '../../../replay/recording/vocabulary';
import { endings } from '../../../relay';
import { failures } from '../../../relay/protocol/errors';
import { headerWith } from './support';

/** What a recording keeps of a message. */
function recorded(
  message: unknown,
  from: 'client' | 'relay' = 'client',
  { audio = 'length', data = 'redacted' }: { audio?: AudioMode; data?: PersonalDataMode } = {},
): unknown {
  const scribe = new Scribe(headerWith({ audio, personal_data: data }));
  return eventOf(scribe.event(0, from, Buffer.from(JSON.stringify(message))));
}

const eventOf = (line: string) => (JSON.parse(line) as { event: unknown }).event;

const canary = 'canary-7f3d';
const anyPseudonym: unknown = expect.stringMatching(/^id_[0-9a-f]{16}$/);
const withCanary = fc
  .tuple(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }))
  .map(([before, after]) => `${before}${canary}${after}`);
const knownName = fc.constantFrom(...members.keys());
const knownWord = fc.constantFrom(...protocolWords);

/** Anything whose every text that is not the protocol's has a canary in it, names included. */
const { tainted } = fc.letrec((tie) => ({
  tainted: fc.oneof(
    { maxDepth: 6 },
    withCanary,
    knownWord,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tainted'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(knownName, withCanary, fc.constant('__proto__')), tie('tainted'), { maxKeys: 6 }),
  ),
}));
const taintedEvent = fc
  .tuple(
    fc.oneof(fc.constantFrom(...eventTypes), withCanary),
    fc.dictionary(fc.oneof(knownName, withCanary), tainted, { maxKeys: 8 }),
  )
  .map(([type, rest]) => ({ ...rest, type }));

describe('a redacted recording', () => {
  it('holds nothing of any text, name or id that is not the protocol’s own', () => {
    fc.assert(
      fc.property(
        taintedEvent,
        fc.constantFrom('client' as const, 'relay' as const),
        fc.constantFrom('dropped' as const, 'length' as const),
        (event, from, audio) => {
          expect(JSON.stringify(recorded(event, from, { audio }))).not.toContain(canary);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('holds no canary of a whole conversation', () => {
    const item = {
      id: `item_${canary}`,
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: `I am ${canary}` },
        { type: 'input_audio', audio: Buffer.from(canary).toString('base64'), transcript: canary },
        { type: 'input_image', image_url: `https://x.example/${canary}`, detail: 'low' },
      ],
    };
    const conversation = [
      { type: 'session.update', session: { instructions: canary, prompt: { id: canary }, tools: [{ name: canary }] } },
      { type: 'session.update', session: { tracing: { metadata: { [canary]: canary } }, tool_choice: canary } },
      { type: 'conversation.item.create', previous_item_id: canary, item },
      { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: canary, output: canary } },
      { type: 'response.create', response: { metadata: { [canary]: canary }, input: [item], instructions: canary } },
      { type: 'response.output_audio_transcript.delta', delta: canary },
      { type: 'response.function_call_arguments.done', name: canary, arguments: `{"a":"${canary}"}` },
      { type: 'input_audio_buffer.dtmf_event_received', event: canary, received_at: 1 },
      { type: 'error', error: { type: canary, code: canary, message: canary, param: canary, event_id: canary } },
      { type: canary },
    ];
    for (const event of conversation) expect(JSON.stringify(recorded(event))).not.toContain(canary);
    expect(recorded(conversation[2])).toEqual({
      type: 'conversation.item.create',
      previous_item_id: anyPseudonym,
      item: {
        id: anyPseudonym,
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: '[redacted 16]' },
          { type: 'input_audio', audio_bytes: 11, audio_ms: 0.2, transcript: '[redacted 11]' },
          { type: 'input_image', image_url: '[redacted 29]', detail: 'low' },
        ],
      },
    });
    expect(recorded(conversation[9])).toEqual({ type: 'unknown', bytes: 22 });
  });

  it('says how long a text was', () => {
    expect(redactedLength('[redacted 16]')).toBe(16);
    expect(redactedLength('[redacted 16] and more')).toBeUndefined();
  });

  it('calls the same thing by the same pseudonym, in this recording alone', () => {
    const scribe = new Scribe(headerWith());
    const added = Buffer.from('{"type":"conversation.item.added","item":{"id":"item_a","type":"message"}}');
    const truncated = Buffer.from('{"type":"conversation.item.truncate","item_id":"item_a","audio_end_ms":40}');
    const { item } = eventOf(scribe.event(0, 'relay', added)) as { item: { id: string } };
    expect(eventOf(scribe.event(0, 'client', truncated))).toEqual({
      type: 'conversation.item.truncate',
      item_id: item.id,
      audio_end_ms: 40,
    });
    expect(eventOf(new Scribe(headerWith()).event(0, 'relay', added))).not.toMatchObject({ item: { id: item.id } });
  });

  it('keeps what a replay needs of a client’s settings', () => {
    const settings = {
      type: 'session.update',
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        max_output_tokens: 'inf',
        audio: {
          input: {
            format: { type: 'audio/pcmu' },
            transcription: { model: 'whisper-1', language: 'de' },
            noise_reduction: { type: 'near_field' },
            turn_detection: { type: 'server_vad', threshold: 0.5, silence_duration_ms: 300, create_response: false },
          },
          output: { voice: 'marin', speed: 1.25 },
        },
      },
    };
    expect(recorded(settings)).toEqual(settings);
  });

  it('keeps every code that the relay gives an error', () => {
    const codes = [...Object.keys(endings), ...Object.keys(failures).filter((code) => !code.startsWith('connect_'))];
    const lost = codes.filter((code) => !protocolWords.has(code));
    expect(lost).toEqual([]);
  });
});

describe('audio', () => {
  const bytes = Buffer.alloc(4_800, 7);
  const append = { type: 'input_audio_buffer.append', event_id: 'e', audio: bytes.toString('base64') };
  const delta = { type: 'response.output_audio.delta', content_index: 0, delta: bytes.toString('base64') };

  it.each(['redacted', 'kept'] as const)('is replaced by its length, personal data %s', (data) => {
    expect(recorded(append, 'client', { data })).toMatchObject({
      type: append.type,
      audio_bytes: 4_800,
      audio_ms: 100,
    });
    const lengthAlone = { type: delta.type, content_index: 0, audio_bytes: 4_800, audio_ms: 100 };
    expect(recorded(delta, 'relay', { data })).toEqual(lengthAlone);
  });

  it.each(['redacted', 'kept'] as const)('is dropped, personal data %s', (data) => {
    expect(recorded(delta, 'relay', { audio: 'dropped', data })).toEqual({ type: delta.type, content_index: 0 });
  });

  it.each(['redacted', 'kept'] as const)('is kept byte for byte, personal data %s', (data) => {
    expect(recorded(append, 'client', { audio: 'kept', data })).toMatchObject({ audio: append.audio });
    expect(recorded(delta, 'relay', { audio: 'kept', data })).toEqual(delta);
  });

  it('is measured by the format that the session says it has', () => {
    const scribe = new Scribe(headerWith());
    const g711 = { input: { format: { type: 'audio/pcmu' } }, output: { format: { type: 'audio/pcma' } } };
    scribe.event(0, 'relay', Buffer.from(JSON.stringify({ type: 'session.created', session: { audio: g711 } })));
    const after = (from: 'client' | 'relay', event: unknown) =>
      eventOf(scribe.event(0, from, Buffer.from(JSON.stringify(event))));
    expect(after('client', append)).toMatchObject({ audio_ms: 600 });
    expect(after('relay', delta)).toMatchObject({ audio_ms: 600 });
  });

  it.each([0, 1, 2, 3, 4, 5])('has its length in bytes, told from the base64 of %s', (length) => {
    const event = { ...append, audio: Buffer.alloc(length).toString('base64') };
    expect(recorded(event)).toMatchObject({ audio_bytes: length });
  });
});

describe('what cannot be read', () => {
  it.each(['', 'no JSON', '[]', 'null', '{"type":7}', `${'['.repeat(200_000)}${']'.repeat(200_000)}`])(
    'stands there with its size alone',
    (text) => {
      const line = new Scribe(headerWith({ personal_data: 'kept' })).event(0, 'client', Buffer.from(text));
      expect(eventOf(line)).toEqual({ type: 'unknown', bytes: text.length });
    },
  );

  it('is not followed deeper than the protocol goes', () => {
    const deep = `{"type":"conversation.item.create","item":${'{"item":'.repeat(5_000)}{}${'}'.repeat(5_000)}}`;
    const line = new Scribe(headerWith()).event(0, 'client', Buffer.from(deep));
    expect(line.length).toBeLessThan(1_000);
  });
});

it('with personal data kept, keeps every event as it was, whatever is in it', () => {
  fc.assert(
    fc.property(taintedEvent, (event) => {
      const kept = recorded(event, 'client', { audio: 'kept', data: 'kept' });
      expect(JSON.stringify(kept)).toBe(JSON.stringify(JSON.parse(JSON.stringify(event))));
    }),
  );
});

it('writes every line without a line break in it', () => {
  const scribe = new Scribe(headerWith({ personal_data: 'kept' }));
  const message = Buffer.from('{\n"type": "x",\r\n"text": "a\\nb c"}');
  expect(scribe.event(1.234, 'relay', message)).toBe('{"t":1.2,"from":"relay","event":{"type":"x","text":"a\\nb c"}}');
});
