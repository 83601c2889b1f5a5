import { type Scenario } from '../../simulator';
import { conversation, secrets } from './marks';

const appointment = {
  title: secrets.title,
  start_time: '2024-12-20T10:00:00Z',
  end_time: '2024-12-20T10:30:00Z',
  attendee_email: secrets.email,
};

const error = { type: 'server_error', code: null, message: secrets.upstreamError };

/** What the model does, by what the user asks for: everything that can go wrong with it, with marks in all it says. */
export const scenario: Scenario = {
  name: 'canary',
  turns: [
    { when: { response: 2 }, steps: [{ say: conversation.modelWords }] },
    { when: { user: 'book' }, steps: [{ call: { name: 'create_appointment', arguments: appointment } }] },
    {
      when: { user: 'malformed' },
      steps: [{ call: { name: 'create_appointment', arguments: `{"title":"${secrets.malformed}` } }],
    },
    {
      when: { user: 'invalid' },
      steps: [
        {
          call: {
            name: 'create_appointment',
            arguments: { ...appointment, start_time: secrets.malformed, more: secrets.malformed },
          },
        },
      ],
    },
    ...['throws', 'rejects', 'throws_text', 'gives_up', 'tells', 'bomb'].map((name) => ({
      when: { user: `use ${name}.` },
      steps: [{ call: { name, arguments: {} } }],
    })),
    { when: { user: 'error' }, steps: [{ error }, { say: conversation.modelWords }] },
    { when: { user: 'fail' }, steps: [{ fail: { code: 'server_error', message: secrets.upstreamError } }] },
    { when: { user: 'quota' }, steps: [{ fail: { code: 'insufficient_quota', message: secrets.upstreamError } }] },
    {
      when: { user: 'strange' },
      steps: [
        { emit: { type: 'response.tool_search.done', arguments: secrets.malformed } },
        { emit: { type: 'something.new', text: secrets.instructions } },
        { say: conversation.modelWords },
      ],
    },
    { when: { user: 'close' }, steps: [{ close: { code: 1011, reason: secrets.upstreamClose } }] },
    { when: { user: 'drop' }, steps: [{ drop: true }] },
    { when: { turn: 1 }, steps: [{ say: conversation.modelWords }] },
  ],
};
