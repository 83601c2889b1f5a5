import fc from 'fast-check';
import { type CoreEvent } from '../../../../web/client/core/model';
import { readServerEvent } from '../../../../web/client/core/server-event';
import { CallError } from '../../../../web/client/errors';
import { audioDelta, plainSession, Script } from '../support/script';

const ids = fc.constantFrom('a', 'b', 'c', '', '__proto__');
const odd = fc.oneof(
  fc.constantFrom(null, 0, -1, 1e9, Number.NaN, 'completed', 'busy', true, [], {}),
  ids,
  fc.jsonValue(),
);

const types = [
  'session.created',
  'session.updated',
  'response.created',
  'response.done',
  'response.output_audio.delta',
  'response.output_audio.done',
  'response.output_audio_transcript.delta',
  'response.output_audio_transcript.done',
  'response.output_text.delta',
  'response.output_text.done',
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'conversation.item.added',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.input_audio_transcription.completed',
  'conversation.item.input_audio_transcription.failed',
  'relay.activity',
  'error',
  'response.something_new',
];

/** Events with the right names and whatever in them. */
const serverEvent = fc.record(
  {
    type: fc.constantFrom(...types),
    item_id: odd,
    response_id: odd,
    content_index: odd,
    delta: fc.oneof(odd, fc.base64String()),
    transcript: odd,
    text: odd,
    audio_end_ms: odd,
    state: odd,
    response: fc.oneof(odd, fc.record({ id: odd, status: odd, status_details: odd }, { requiredKeys: [] })),
    item: fc.oneof(odd, fc.record({ id: odd, role: fc.constantFrom('user', 'assistant', 7), content: odd })),
    session: fc.oneof(odd, fc.constant(plainSession), fc.record({ audio: odd })),
    error: fc.oneof(odd, fc.record({ code: odd })),
  },
  { requiredKeys: ['type'] },
);

const message = fc.oneof(
  fc.string(),
  fc.json(),
  serverEvent.map((event) => JSON.stringify(event)),
  fc
    .tuple(ids, ids, fc.integer({ min: 0, max: 50 }))
    .map(([response, item, ms]) => JSON.stringify(audioDelta(response, item, ms))),
);

const part = fc.record({
  part: fc.integer({ min: -1, max: 6 }),
  playedMs: fc.double({ min: 0, max: 500, noNaN: true }),
  isAll: fc.boolean(),
});
const report = fc.array(part, { maxLength: 3 });
const error = new CallError('relay_busy');

/** Everything that can happen, in any order. */
const anyEvent: fc.Arbitrary<CoreEvent> = fc.oneof(
  { weight: 8, arbitrary: message.map((text) => ({ kind: 'message', text }) as const) },
  fc.record({ kind: fc.constant('played' as const), report, heardAtMs: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
  fc.record({ kind: fc.constant('silenced' as const), report }),
  fc.record({ kind: fc.constant('closed' as const), code: fc.integer({ min: 1000, max: 4999 }), reason: fc.string() }),
  fc.constantFrom<CoreEvent>(
    { kind: 'refused', why: { kind: 'transient', error, retryAfterMs: 0 } },
    { kind: 'timer' },
    { kind: 'online' },
    { kind: 'say', text: 'Hello' },
    { kind: 'frame', base64: 'AAAA', ms: 40 },
    { kind: 'trouble', error: new CallError('microphone_lost') },
  ),
);

describe('whatever comes', () => {
  it('is read without a fault', () => {
    fc.assert(
      fc.property(message, (text) => {
        expect(typeof readServerEvent(text).kind).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never breaks a call, and makes it say nothing the relay refuses', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const script = Script.talking(plainSession, { backoff: { maxAttempts: 50, firstDelayMs: 1, maxDelayMs: 1 } });
        const receivedMs = new Map<string, number>();
        for (const event of events) {
          script.nowMs += 10;
          for (const line of script.take(event)) {
            if (line.startsWith('send {')) expectTruncationWithin(line, receivedMs);
          }
          if (event.kind === 'message') count(event.text, receivedMs);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves nothing behind once the call has ended', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.array(anyEvent, { maxLength: 10 }), (before, after) => {
        const script = new Script();
        for (const event of before) script.take(event);
        script.take({ kind: 'end' });
        expect(script.state.name).toBe('ended');
        for (const event of after) expect(script.take(event)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

function expectTruncationWithin(line: string, receivedMs: ReadonlyMap<string, number>): void {
  const event = JSON.parse(line.slice('send '.length)) as { type: string; item_id: string; audio_end_ms: number };
  if (event.type !== 'conversation.item.truncate') return;
  expect(Number.isInteger(event.audio_end_ms)).toBe(true);
  expect(event.audio_end_ms).toBeGreaterThanOrEqual(0);
  expect(event.audio_end_ms).toBeLessThanOrEqual(receivedMs.get(event.item_id) ?? 0);
}

function count(text: string, receivedMs: Map<string, number>): void {
  const event = readServerEvent(text);
  if (event.kind !== 'audio') return;
  const ms = Buffer.from(event.base64, 'base64').length / 48;
  receivedMs.set(event.part.itemId, (receivedMs.get(event.part.itemId) ?? 0) + ms);
}
