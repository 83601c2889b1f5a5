import { type SessionFields, sessionFieldsSchema } from '../../src/config/session-fields';
import { sessionConfig } from '../../src/session-config';

const tool = {
  type: 'function',
  name: 'end_call',
  description: 'Ends the call.',
  parameters: { type: 'object' },
} as const;

const configOf = (session: SessionFields, tools: readonly (typeof tool)[] = [tool]) =>
  sessionConfig({
    session: sessionFieldsSchema.parse(session),
    timeZone: 'Europe/Berlin',
    tools,
    now: new Date('2024-12-20T14:04:00Z'),
  });

it('says everything that upstream would otherwise choose by model', () => {
  expect(configOf({})).toEqual({
    type: 'realtime',
    output_modalities: ['audio'],
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        turn_detection: {
          type: 'server_vad',
          threshold: 0.5,
          prefix_padding_ms: 300,
          silence_duration_ms: 500,
          idle_timeout_ms: null,
          create_response: true,
          interrupt_response: true,
        },
      },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' },
    },
    instructions: expect.any(String) as string,
    tools: [tool],
    tool_choice: 'auto',
  });
});

it('explains each tool that is there and no other', () => {
  const { instructions } = configOf({});
  expect(instructions).toContain('end_call');
  expect(instructions).not.toContain('create_appointment');
  expect(configOf({}, [])['instructions']).not.toMatch(/tool/i);
});

it('tells the org’s own time, whoever wrote the instructions', () => {
  const line =
    'The call began on Friday, 20 December 2024, 15:04 in the time zone Europe/Berlin, where the offset is UTC+01:00; ' +
    'from 30 March 2025 it is UTC+02:00.';
  expect(configOf({})['instructions']).toContain(line);
  expect(configOf({ instructions: 'Speak like a pirate.' })['instructions']).toBe(`Speak like a pirate.\n\n${line}`);
});

it('lays the org’s fields over the defaults, however deep', () => {
  expect(
    configOf({
      voice: 'cedar',
      audio: { input: { turn_detection: { type: 'server_vad', threshold: 0.8 } }, output: { speed: 1.1 } },
    }),
  ).toMatchObject({
    audio: {
      input: { format: { type: 'audio/pcm' }, turn_detection: { threshold: 0.8, silence_duration_ms: 500 } },
      output: { voice: 'cedar', speed: 1.1 },
    },
  });
});

it('replaces a kind of turn detection or format as a whole', () => {
  const { audio } = configOf({
    audio: {
      input: { turn_detection: { type: 'semantic_vad', eagerness: 'low' }, format: { type: 'audio/pcmu' } },
      output: { voice: { id: 'voice_1' } },
    },
  });
  expect(audio).toEqual({
    input: {
      format: { type: 'audio/pcmu' },
      turn_detection: { type: 'semantic_vad', eagerness: 'low', create_response: true, interrupt_response: true },
    },
    output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: { id: 'voice_1' } },
  });
});

it('can switch turn detection off', () => {
  expect(configOf({ audio: { input: { turn_detection: null } } })).toMatchObject({
    audio: { input: { turn_detection: null } },
  });
});
