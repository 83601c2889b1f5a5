import type { Entry } from '../../../simulator/conversation';
import type { TurnContext } from '../../../simulator/model/model';
import { ruleModel } from '../../../simulator/model/rule-model';

const TOOLS = ['create_appointment', 'escalate_call', 'complete_intake', 'end_call'].map((name) => ({
  type: 'function' as const,
  name,
}));

/** A Friday. */
const NOW = new Date('2024-12-13T08:30:00Z');

describe('the rule model books', () => {
  it.each([
    [
      'Please book a product demo on 20 December 2024 at 10:00 for 30 minutes, my e-mail is user@example.com.',
      ['Product demo', '2024-12-20T10:00:00Z', '2024-12-20T10:30:00Z', 'user@example.com'],
    ],
    [
      'I need an appointment about my tax return tomorrow at 3pm for an hour. Jane.Doe@Example.com',
      ['Tax return', '2024-12-14T15:00:00Z', '2024-12-14T16:00:00Z', 'Jane.Doe@Example.com'],
    ],
    [
      'Schedule a meeting called "Q1 review" next Monday from 9 to 10:15, send it to bob@x.org',
      ['Q1 review', '2024-12-16T09:00:00Z', '2024-12-16T10:15:00Z', 'bob@x.org'],
    ],
    [
      'Book a dentist visit for December 20th at half past three, jane at example dot com',
      ['Dentist visit', '2024-12-20T15:30:00Z', '2024-12-20T16:00:00Z', 'jane@example.com'],
    ],
    [
      'Set up an appointment. Subject: Onboarding. 2024-12-20T10:00:00+02:00 until 2024-12-20T11:00:00+02:00. a@b.io',
      ['Onboarding', '2024-12-20T10:00:00+02:00', '2024-12-20T11:00:00+02:00', 'a@b.io'],
    ],
    [
      'Book a haircut on 3 March at noon for one hour, a@b.io',
      ['Haircut', '2025-03-03T12:00:00Z', '2025-03-03T13:00:00Z', 'a@b.io'],
    ],
  ])('%s', (text, [title, start, end, email]) => {
    expect(respond([user(text)])).toEqual([
      { say: 'One moment, I will book that for you.' },
      { call: { name: 'create_appointment', arguments: booking(title, start, end, email), quirks: [] } },
    ]);
  });

  it('in the local time that the instructions tell', () => {
    const text = 'Book a demo tomorrow at 3pm, a@b.io';
    const instructions = 'Be kind.\nLocal date and time: Friday, 2024-12-13 23:45 (UTC+02:00, Europe/Helsinki).';
    expect(respond([user(text)], { instructions }).at(-1)).toEqual({
      call: {
        name: 'create_appointment',
        arguments: booking('Demo', '2024-12-14T15:00:00+02:00', '2024-12-14T15:30:00+02:00', 'a@b.io'),
        quirks: [],
      },
    });
  });

  it('over several turns, asking for what is missing', () => {
    const entries = [user('I would like to book an appointment tomorrow.')];
    expect(respond(entries)).toEqual([
      {
        say: 'Gladly. Please tell me what it is about, at what time it should start and which e-mail address the confirmation should go to.',
      },
    ]);
    entries.push(assistant('Gladly. Please tell me what it is about, …'), user('Roof repairs'));
    entries.push(assistant('Gladly. Please tell me at what time …'), user('at 10:00, mail me at a@b.io'));
    expect(respond(entries).at(-1)).toMatchObject({
      call: { arguments: booking('Roof repairs', '2024-12-14T10:00:00Z', '2024-12-14T10:30:00Z', 'a@b.io') },
    });
  });

  it.each([
    ['A haircut, tomorrow at ten for 30 minutes. I am a@b.io', 'Haircut'],
    ['It’s for my tax return, tomorrow at 10:00, a@b.io', 'Tax return'],
    ['Roof repairs tomorrow at 10:00, mail a@b.io', 'Roof repairs'],
  ])('somebody who answers its greeting with “%s”', (answer, title) => {
    const entries = [user('Hello'), greeting(), user(answer)];
    expect(respond(entries).at(-1)).toEqual({
      call: {
        name: 'create_appointment',
        arguments: booking(title, '2024-12-14T10:00:00Z', '2024-12-14T10:30:00Z', 'a@b.io'),
        quirks: [],
      },
    });
  });

  it.each(['Tomorrow at 10:00, a@b.io', 'My e-mail is a@b.io, at ten tomorrow', 'I am free tomorrow at 10:00, a@b.io'])(
    'nothing under a title that is none: “%s”',
    (answer) => {
      const entries = [user('Book an appointment'), assistant('Please tell me what it is about.'), user(answer)];
      expect(respond(entries)).toEqual([{ say: 'Gladly. Please tell me what it is about.' }]);
    },
  );

  it('not where there is no such tool', () => {
    const text = 'Book a demo tomorrow at 3pm, a@b.io';
    expect(respond([user(text)], { tools: [] }).at(-1)).toEqual({ say: 'I cannot book appointments here.' });
  });
});

describe('the rule model', () => {
  it.each([
    ['I want to talk to a human', 'escalate_call'],
    ['Can I speak with an agent?', 'escalate_call'],
    ["That's all, thank you", 'complete_intake'],
    ['I am done with the intake', 'complete_intake'],
    ['Thanks, goodbye!', 'end_call'],
  ])('understands "%s"', (text, name) => {
    expect(respond([user(text)]).at(-1)).toMatchObject({ call: { name } });
  });

  it.each(['Hello', 'What is the weather like?', ''])('says what it can do when told "%s"', (text) => {
    expect(respond([user(text)])).toEqual([{ say: expect.stringContaining('I can book an appointment') as string }]);
  });

  it.each([
    ['create_appointment', '{"success":true,"message":"Appointment created"}', 'Done. Appointment created.'],
    [
      'create_appointment',
      '{"success":true,"is_duplicate":true,"message":"It stands."}',
      'That is already arranged. It stands.',
    ],
    [
      'create_appointment',
      '{"success":false,"error":"Missing required fields: title, attendee_email"}',
      'I still need what the appointment is about and an e-mail address. Could you tell me?',
    ],
    [
      'create_appointment',
      '{"success":false,"error":"x","clarification":"EXECUTION_UNKNOWN: It may have been booked."}',
      'It may have been booked.',
    ],
    ['other', 'plain words', 'plain words'],
    ['end_call', '{"success":true}', 'Thank you for calling. Goodbye.'],
  ])('speaks what %s answered: %s', (name, output, say) => {
    expect(respond([user('Do it'), ...called(name, output)])).toEqual([{ say }]);
  });

  it('speaks an output that came while the user spoke, and only once', () => {
    const entries = [user('Do it'), ...called('other', 'the result'), user('Are you there?')];
    expect(respond(entries)).toEqual([{ say: 'the result' }]);
    expect(respond([...entries, assistant('the result'), user('Hello')])).not.toEqual([{ say: 'the result' }]);
  });
});

function respond(entries: Entry[], context: Partial<TurnContext> = {}) {
  return ruleModel.respond({ entries, instructions: '', tools: TOOLS, toolChoice: 'auto', now: NOW, ...context }).steps;
}

function user(text: string): Entry {
  return {
    item: { id: 'u', type: 'message', status: 'completed', role: 'user', content: [{ type: 'input_text', text }] },
  };
}

function greeting(): Entry {
  const [step] = respond([user('Hello')]);
  return assistant(step !== undefined && 'say' in step ? step.say : '');
}

function assistant(transcript: string): Entry {
  return {
    item: {
      id: 'a',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_audio', transcript }],
    },
  };
}

function called(name: string, output: string): Entry[] {
  return [
    { item: { id: 'c', type: 'function_call', status: 'completed', name, call_id: 'call_1', arguments: '{}' } },
    { item: { id: 'o', type: 'function_call_output', call_id: 'call_1', output } },
  ];
}

function booking(title = '', start = '', end = '', email = '') {
  return { title, start_time: start, end_time: end, attendee_email: email };
}
