import fc from 'fast-check';
import { z } from 'zod';
import { realEdge } from '../../pipeline/edge';
import { IntentService, type Understanding } from '../../pipeline/intent-service';
import { defaultPipelineLimits } from '../../pipeline/limits';
import { defineTool, type Tool } from '../../pipeline/tool';
import { createAppointment, escalateCall } from '../../pipeline/tools';
import { appointment } from './support/appointment';
import { LogLines } from './support/log-lines';

const service = new IntentService(realEdge);

const understand = (toolArgs: unknown, tool: Tool = createAppointment, ids = {}): Understanding =>
  service.understand(tool, { toolArgs, ...ids }, defaultPipelineLimits, new LogLines());

const errorOf = (toolArgs: unknown, tool?: Tool): string => {
  const understanding = understand(toolArgs, tool);
  return understanding.kind === 'refused' ? understanding.result.error : '';
};

const idOf = (toolArgs: unknown): string => {
  const understanding = understand(toolArgs);
  if (understanding.kind === 'refused') throw new Error(understanding.result.error);
  return understanding.intent.id;
};

describe('an appointment', () => {
  it('has the id of its canonical form', () => {
    // SHA-256 over "Demo|2024-12-20T14:00:00Z|2024-12-20T15:00:00Z|user@example.com".
    expect(idOf(appointment)).toBe('d18ac5debf0904d4');
  });

  it('has one id however it is written', () => {
    const ids = [
      appointment,
      JSON.stringify(appointment),
      Object.fromEntries(Object.entries(appointment).reverse()),
      { ...appointment, title: '  Demo ' },
      { ...appointment, attendee_email: 'User@Example.COM' },
      { ...appointment, start_time: '2024-12-20T14:00Z', end_time: '2024-12-20T10:00:00.5-05:00' },
    ].map(idOf);
    expect(new Set(ids).size).toBe(1);
    expect(idOf({ ...appointment, title: 'Caf\u00e9' })).toBe(idOf({ ...appointment, title: 'Cafe\u0301' }));
  });

  it.each([
    ['title', 'Demo 2'],
    ['start_time', '2024-12-20T14:00:01Z'],
    ['end_time', '2024-12-20T15:00:01Z'],
    ['attendee_email', 'user2@example.com'],
  ])('has another id with another %s', (field, value) => {
    expect(idOf({ ...appointment, [field]: value })).not.toBe(idOf(appointment));
  });

  it('keeps the values as they were given', () => {
    const given = { ...appointment, title: ' Demo ', attendee_email: 'User@Example.com' };
    const understanding = understand(given);
    expect(understanding.kind === 'intent' && understanding.intent.action.args).toEqual(given);
  });

  it('may lie in the past', () => {
    expect(errorOf({ ...appointment, start_time: '1999-01-01T00:00:00Z' })).toBe('');
  });
});

describe('what is wrong is told to the model', () => {
  it('in the words it knows', () => {
    const { attendee_email: _missing, ...rest } = appointment;
    const understanding = understand(rest);
    expect(understanding).toEqual({
      kind: 'refused',
      result: {
        success: false,
        error: 'Missing required fields: attendee_email',
        should_retry: true,
        clarification:
          'VALIDATION_FAILED: Cannot create appointment. Missing required fields: attendee_email. Please ask the user to provide the missing or correct information.',
      },
    });
    expect(understanding.kind === 'refused' && Object.keys(understanding.result)).toEqual([
      'success',
      'error',
      'should_retry',
      'clarification',
    ]);
  });

  it('with missing fields first, in the order of the tool', () => {
    expect(errorOf('')).toBe('Missing required fields: title, start_time, end_time, attendee_email');
    expect(errorOf({ attendee_email: null, end_time: ' ', start_time: 'tomorrow', title: '' })).toBe(
      'Missing required fields: title, end_time, attendee_email; Invalid start_time: must be a real date and time with UTC offset, like 2024-12-20T15:00:00+01:00, received "tomorrow"',
    );
  });

  it.each<[object, string]>([
    [{ title: 5 }, 'Invalid title: must be text, received 5'],
    [
      { attendee_email: 'nobody' },
      'Invalid attendee_email: must be an e-mail address like name@example.com, received "nobody"',
    ],
    [
      { end_time: appointment.start_time },
      `Invalid end_time: must be after start_time, received "${appointment.start_time}"`,
    ],
    [
      { start_time: '2024-02-30T15:00:00Z' },
      'Invalid start_time: must be a real date and time with UTC offset, like 2024-12-20T15:00:00+01:00, received "2024-02-30T15:00:00Z"',
    ],
    [{ note: 'x' }, 'Invalid note: create_appointment has no such field, received "x"'],
    [{ constructor: 1 }, 'Invalid constructor: create_appointment has no such field, received 1'],
  ])('naming field, rule and value for %j', (change, error) => {
    expect(errorOf({ ...appointment, ...change })).toBe(error);
  });

  it('for a prototype key too', () => {
    const text = JSON.stringify(appointment).replace('{', '{"__proto__":{"a":1},');
    expect(errorOf(text)).toBe('Invalid __proto__: create_appointment has no such field, received {"a":1}');
  });

  it('with every fault, joined', () => {
    expect(errorOf({ ...appointment, title: true, attendee_email: [] }).split('; ')).toHaveLength(2);
  });

  it('but no more than ten faults', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`x${at}`, at]));
    expect(errorOf({ ...appointment, ...many })).toMatch(/x9: .*; and 20 more$/);
  });

  it('with long and unprintable values cut and escaped', () => {
    const error = errorOf({ ...appointment, start_time: `\u202e${'9'.repeat(5_000)}` });
    expect(error.length).toBeLessThan(300);
    expect(error).toContain('\\u202e9999');
  });
});

describe.each([
  ['nobody@example'],
  ['a b@example.com'],
  ['a@@example.com'],
  ['.a@example.com'],
  ['a..b@example.com'],
  ['<a@example.com>'],
  [' a@example.com'],
  ['a@example.com\n'],
  ['mailto:a@example.com'],
  [`${'a'.repeat(65)}@example.com`],
  [`a@${'b.'.repeat(126)}com`],
])('the address %j', (address) => {
  it('is refused', () => {
    expect(errorOf({ ...appointment, attendee_email: address })).toMatch(/^Invalid attendee_email: /);
  });
});

describe('other tools', () => {
  it.each([[''], ['{}'], [{}], [{ reason: null, summary: '  ' }]])('need no arguments: %j', (toolArgs) => {
    const understanding = understand(toolArgs, escalateCall);
    expect(understanding.kind === 'intent' && understanding.intent.action.args).toEqual({});
  });

  it('are one intent per session, whatever is said', () => {
    const ids = [{ reason: 'a' }, { reason: 'b' }].map((toolArgs) => {
      const understanding = understand(toolArgs, escalateCall, { sessionId: 's', callId: Math.random().toString() });
      return understanding.kind === 'intent' ? [understanding.intent.id, understanding.intent.fingerprint] : [];
    });
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]?.[1]).toBeDefined();
  });

  it('are one intent per call id without a session, and new every time without either', () => {
    const intentOf = (ids: object): unknown[] => {
      const understanding = understand('', escalateCall, ids);
      return understanding.kind === 'intent' ? [understanding.intent.id, understanding.intent.fingerprint] : [];
    };
    expect(intentOf({ callId: 'c' })).toEqual(intentOf({ callId: 'c' }));
    expect(intentOf({ callId: 'c' })).not.toEqual(intentOf({ sessionId: 'c' }));
    expect(intentOf({})[0]).not.toBe(intentOf({})[0]);
    expect(intentOf({})[1]).toBeUndefined();
  });

  it('get the rules of their own schema, nested ones by path', () => {
    const tool = defineTool({
      name: 'order',
      description: 'Orders.',
      parameters: z.object({
        size: z.enum(['s', 'l']),
        items: z.array(z.object({ count: z.number().int().max(3) })),
        note: z.string().nullable(),
      }),
      execute: () => 'ok',
    });
    expect(errorOf({ size: 'm', items: [{ count: 7 }], note: null }, tool)).toBe(
      'Invalid size: expected one of "s"|"l", received "m"; Invalid items[0].count: expected number to be <=3, received 7',
    );
    expect(errorOf({ size: 's', items: [], note: null }, tool)).toBe('');
  });
});

describe('whatever comes', () => {
  it('never throws', () => {
    const field = fc.oneof(fc.constantFrom(...Object.keys(appointment), '__proto__', 'x'), fc.string());
    const value = fc.oneof(fc.constantFrom(...Object.values(appointment)), fc.anything());
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.dictionary(field, value)), (toolArgs) => {
        understand(toolArgs);
        understand(toolArgs, escalateCall);
      }),
    );
  });

  it('tells what it did, but no argument', () => {
    const log = new LogLines();
    service.understand(createAppointment, { toolArgs: appointment }, defaultPipelineLimits, log);
    service.understand(createAppointment, { toolArgs: { ...appointment, title: '' } }, defaultPipelineLimits, log);
    expect(log.messages).toEqual([
      'Validating calendar intent',
      'Generated idempotency key',
      'Validating calendar intent',
      'Refused calendar intent',
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/Demo|example\.com/);
  });
});
