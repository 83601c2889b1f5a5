import fc from 'fast-check';
import { clientFrame } from './support/client-frames';
import { expectNothingUnread, Script } from './support/script';
import { event, session, wholeCall } from './support/upstream-events';

afterEach(expectNothingUnread);

/** Whatever bytes a client sends, upstream is told only what a client may say. */
describe('upstream', () => {
  it('is told only allowed events with allowed members, whatever a client sends', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(clientFrame, { maxLength: 8, size: 'max' }), fc.boolean(), (frames, isOpen) => {
        const script = isOpen ? Script.open() : new Script();
        script.upstream(event('session.created', { session: session() }));
        if (isOpen) script.upstream(...wholeCall('resp_A', 0, 'call_1'));
        const before = script.framesUpstream.length;
        for (const sent of frames) script.client(sent);
        if (!isOpen) script.upstream(event('session.updated', { session: session() }));
        script.forget();
        for (const raw of script.framesUpstream.slice(before)) {
          told += 1;
          expectAllowed(raw.toString());
          if (isOpen) expect(raw.toString()).not.toMatch(/"(item_)?id":"item_call_1"/);
        }
      }),
      { numRuns: 2000 },
    );
    expect(told).toBeGreaterThan(500);
  });
});

const message = { type: 'message', id: 'id', role: ['user', 'assistant'], content: 'content' } as const;

/** What each event may carry, written down apart from the code that decides it. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'session.update': ['session'],
  'input_audio_buffer.append': ['audio'],
  'input_audio_buffer.commit': [],
  'input_audio_buffer.clear': [],
  'conversation.item.create': ['previous_item_id', 'item'],
  'conversation.item.retrieve': ['item_id'],
  'conversation.item.truncate': ['item_id', 'content_index', 'audio_end_ms'],
  'conversation.item.delete': ['item_id'],
  'response.create': ['response'],
  'response.cancel': ['response_id'],
};

const innerMembers: ReadonlySet<string> = new Set(
  `type output_modalities max_output_tokens audio input output format rate transcription model language noise_reduction
  turn_detection threshold prefix_padding_ms silence_duration_ms idle_timeout_ms eagerness create_response
  interrupt_response voice id speed role content text transcript image_url detail metadata conversation tool_choice`.split(
    /\s+/,
  ),
);

function expectAllowed(raw: string): void {
  const told = JSON.parse(raw) as Record<string, unknown>;
  const type = String(told['type']);
  expect(Object.keys(allowed)).toContain(type);
  const { type: _type, event_id: id, ...members } = told;
  expect(allowed[type]).toEqual(expect.arrayContaining(Object.keys(members)));
  if (id !== undefined) expect(id).toMatch(type === 'response.create' ? /^(rly_cc_\d+$|(?!rly_))/ : /^(?!rly_)/);
  const { response, item } = told as Record<string, Record<string, unknown> | undefined>;
  if (item !== undefined) expectMessage(item);
  for (const each of listOf(response?.['input'])) if (each['type'] !== 'item_reference') expectMessage(each);
  if (response?.['conversation'] === 'none') expect(response['tool_choice']).toBe('none');
  else expect(response?.['tool_choice']).toBeUndefined();
  expectInner(response?.['metadata'] === undefined ? told : { ...told, response: { ...response, metadata: null } });
  // Read by any parser it says the same: no key is there twice.
  if (type === 'input_audio_buffer.append')
    expect(raw.match(/"(type|audio|event_id)"\s*:/g)).toHaveLength(Object.keys(told).length);
}

function expectMessage(item: Record<string, unknown>): void {
  expect(item['type']).toBe(message.type);
  expect(message.role).toContain(item['role']);
  for (const part of listOf(item['content'])) {
    const kinds = item['role'] === 'user' ? ['input_text', 'input_audio', 'input_image'] : ['output_text'];
    expect(kinds).toContain(part['type']);
  }
}

function expectInner(told: Record<string, unknown>): void {
  const { type: _type, event_id: _id, ...members } = told;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        expect(innerMembers).toContain(key);
        visit(inner);
      }
    }
  };
  Object.values(members).forEach(visit);
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
