import type { RealtimeSessionCreateRequest } from 'openai/resources/realtime/realtime';
import type { SessionFields } from '../../../src/config/session-fields';
import { sessionFieldsSchema } from '../../../src/config/session-fields';

/** What an org may set, without the relay's own short form. */
type OwnFields = Omit<SessionFields, 'voice'>;
type Official = Omit<RealtimeSessionCreateRequest, 'type' | 'model' | 'tools' | 'tool_choice'>;

/** Compiles only while both have the same names. */
type SameNames = [keyof OwnFields, keyof Official] extends [keyof Official, keyof OwnFields] ? true : false;
const hasSameNames: SameNames = true;

it('knows every field of the official types, and no other', () => {
  expect(hasSameNames).toBe(true);
});

it('takes what the official types describe', () => {
  const session = {
    instructions: 'Be brief.',
    output_modalities: ['text'],
    max_output_tokens: 'inf',
    parallel_tool_calls: false,
    reasoning: { effort: 'low' },
    audio: {
      input: {
        format: { type: 'audio/pcma' },
        transcription: { model: 'gpt-4o-mini-transcribe', language: 'de' },
        noise_reduction: { type: 'far_field' },
        turn_detection: null,
      },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'cedar', speed: 1.2 },
    },
    tracing: { workflow_name: 'calls' },
    truncation: { type: 'retention_ratio', retention_ratio: 0.8, token_limits: { post_instructions: 8_000 } },
    prompt: { id: 'pmpt_1', variables: { name: 'Ada' } },
    include: ['item.input_audio_transcription.logprobs'],
  } satisfies Official;
  expect(sessionFieldsSchema.safeParse(session)).toMatchObject({ success: true, data: session });
});
