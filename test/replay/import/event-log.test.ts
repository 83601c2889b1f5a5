import fc from 'fast-check';
import { importEventLog } from '../../../replay/import/event-log';
import { ImportError, recordingText } from '../../../replay/import/imported';
import { ScriptBuilder } from '../../../replay/player/script-builder';
import { eventLineSchema } from '../../../replay/recording/format';

const append = { type: 'input_audio_buffer.append', audio: Buffer.alloc(4_800).toString('base64') };
const create = { type: 'response.create' };
const created = { type: 'session.created', session: { audio: { input: { format: { type: 'audio/pcmu' } } } } };
const done = { type: 'response.done', response: { status: 'completed' } };

const logOf = (...entries: unknown[]) => entries.map((entry) => JSON.stringify(entry)).join('\n');
const imported = (...entries: unknown[]) =>
  importEventLog(logOf(...entries), 'log').lines.map((line) =>
    'event' in line ? [line.t, line.from, line.event.type] : [],
  );

const expected = [
  [0, 'relay', 'session.created'],
  [1_000, 'client', 'response.create'],
  [2_500, 'relay', 'response.done'],
];

describe('a log of events', () => {
  it.each([
    [
      'as a logger wraps them once more',
      { time: 1_700_000_000_000, msg: 'ws', data: { direction: 'in', event: created } },
      { time: 1_700_000_001_000, msg: 'ws', data: { direction: 'out', event: create } },
      { time: 1_700_000_002_500, msg: 'ws', data: { direction: 'in', event: done } },
    ],
    [
      'as the console of OpenAI keeps it',
      { time: '2026-11-23T10:00:00.000Z', source: 'server', event: created },
      { time: '2026-11-23T10:00:01.000Z', source: 'client', event: create },
      { time: '2026-11-23T10:00:02.500Z', source: 'server', event: done },
    ],
    [
      'with seconds since 1970 and arrows',
      { ts: 1_700_000_000, dir: '<', data: created },
      { ts: 1_700_000_001, dir: '>', data: create },
      { ts: 1_700_000_002.5, dir: '<', data: done },
    ],
    [
      'with milliseconds since the beginning, and events as texts',
      { t: 0, direction: 'received', message: JSON.stringify(created) },
      { t: 1_000, direction: 'SENT', message: JSON.stringify(create) },
      { t: 2_500, direction: 'received', message: JSON.stringify(done) },
    ],
    [
      'with times but no direction',
      { timestamp: 1_700_000_000_000, payload: created },
      { timestamp: 1_700_000_001_000, payload: create },
      { timestamp: 1_700_000_002_500, payload: done },
    ],
  ])('is understood %s', (_how, ...entries) => {
    expect(imported(...entries)).toEqual(expected);
  });

  it('is understood as one array', () => {
    const { lines } = importEventLog(JSON.stringify([created, create, done]), 'log');
    expect(lines).toHaveLength(3);
  });

  it('without times has audio take as long as it sounds, and a person think', () => {
    const at = imported(created, append, append, create, done, create).map(([t]) => t);
    expect(at).toEqual([0, 0, 600, 1_200, 1_200, 1_700]);
  });

  it('of the beta API is read under the names of today, without its settings', () => {
    const { lines, notes } = importEventLog(
      logOf({ type: 'session.update', session: { voice: 'alloy' } }, create, {
        type: 'response.audio.delta',
        delta: 'AAAA',
      }),
      'log',
    );
    expect(lines.map((line) => ('event' in line ? line.event.type : ''))).toEqual([
      'response.create',
      'response.output_audio.delta',
    ]);
    expect(notes).toEqual([
      expect.stringContaining('1 settings in the form of the beta API'),
      expect.stringContaining('no time'),
    ]);
  });

  it('says what it left out, and repeats nothing of it', () => {
    const output = {
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: 'c', output: 'secret' },
    };
    const { notes } = importEventLog(
      `not json secret\n${logOf({ level: 'info', msg: 'secret' }, create, output)}`,
      'log',
    );
    expect(notes).toHaveLength(3);
    expect(notes.join()).toMatch(/2 entries are no events.*1 outputs of tools/s);
    expect(notes.join()).not.toContain('secret');
  });

  it('in which no client speaks is none', () => {
    expect(() => importEventLog(logOf(created, done), 'calls.jsonl')).toThrow(ImportError);
    expect(() => importEventLog('', 'calls.jsonl')).toThrow('calls.jsonl: no event of a client is in it.');
  });

  it('becomes a recording that can be played, whatever it holds', () => {
    const event = fc.oneof(
      fc.constantFrom({ ...append, audio: 'AAAA' }, create, created, done),
      fc.record({ type: fc.constantFrom('session.update', 'response.output_audio.delta', 'error', 'x.y') }),
      fc.jsonValue(),
    );
    const time = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    const entry = fc.oneof(event, fc.record({ time, source: fc.constantFrom('client', 'server', 'x', 1), event }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const made = importEventLog(logOf(...entries, create), 'log');
        const builder = new ScriptBuilder('log', made.header);
        let before = 0;
        for (const line of made.lines) {
          expect(eventLineSchema.parse(line)).toEqual(line);
          expect(line.t).toBeGreaterThanOrEqual(before);
          before = line.t;
          builder.add(line);
        }
        expect(builder.build().steps.at(-1)?.kind).toBe('end');
        expect(recordingText(made).split('\n')).toHaveLength(made.lines.length + 2);
      }),
    );
  });
});

describe('a log', () => {
  const events = [created, create, done];
  const typesOf = (text: string) =>
    importEventLog(text, 'log').lines.map((line) => ('event' in line ? line.event.type : ''));
  const types = events.map(({ type }) => type);

  it.each([
    ['a list', JSON.stringify(events, null, 2)],
    ['an object with a list in it', JSON.stringify({ model: 'gpt-realtime', events })],
    ['lines with a byte order mark', `\ufeff${events.map((event) => JSON.stringify(event)).join('\r\n')}`],
  ])('may be %s', (_what, text) => {
    expect(typesOf(text)).toEqual(types);
  });

  it('may have words before each event, of which a time and a direction count', () => {
    const text = [
      `2026-11-23T10:00:00.000Z [recv] ${JSON.stringify(created)}`,
      `2026-11-23T10:00:01.000Z INFO sent: ${JSON.stringify(create)}`,
      `2026-11-23T10:00:02.500Z <- ${JSON.stringify(done)}`,
    ].join('\n');
    expect(
      importEventLog(text, 'log').lines.map((line) => ('event' in line ? [line.t, line.from, line.event.type] : [])),
    ).toEqual(expected);
  });

  it('may have a clock of its own for each side', () => {
    expect(
      imported(
        { t: 5, event: created },
        { timestamp: '2026-11-23T10:00:00.000Z', event: create },
        { timestamp: '2026-11-23T10:00:01.500Z', event: done },
      ).map(([t]) => t),
    ).toEqual([0, 0, 1_500]);
  });
});
