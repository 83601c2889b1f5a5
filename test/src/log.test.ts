import { loggerTo, type Logger } from '../../src/log';

/** A logger and the lines it wrote. */
function capture(level = 'trace'): { log: Logger; lines: () => Record<string, unknown>[]; raw: () => string } {
  const written: string[] = [];
  const log = loggerTo({ write: (line) => void written.push(line) }, level);
  return {
    log,
    raw: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

it('writes structured lines with the ids of a child', () => {
  const { log, lines } = capture();
  log
    .child({ session: 'rs_1', org: 'acme' })
    .info({ call: 'call_1', tool: 'create_appointment' }, 'Execute intent request');
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.any(String) as string,
      session: 'rs_1',
      org: 'acme',
      call: 'call_1',
      tool: 'create_appointment',
      msg: 'Execute intent request',
    },
  ]);
});

it('leaves out what is below its level', () => {
  const { log, lines } = capture('warn');
  log.info('no');
  log.warn('yes');
  expect(lines()).toMatchObject([{ msg: 'yes' }]);
});

it('keeps one line one line, whatever is in it', () => {
  const { log, raw } = capture();
  const tricks = 'a\n{"level":"fatal"}\u001b[31m\u009b31m\u007f\u2028\u202e\ud800';
  log.info({ name: tricks, list: [tricks], err: Object.assign(new Error(), { name: tricks, code: tricks }) }, tricks);
  log.child({ note: tricks }).info(tricks);
  expect(raw().trimEnd().split('\n')).toHaveLength(2);
  expect(raw().replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
});

describe('never writes', () => {
  const marks = {
    key: 'sk-canary-0123456789',
    token: 'ek_canary.aaa.bbb',
    signing: 'whsec_canary0123456789',
    hook: 'https://hooks.zapier.com/hooks/catch/canary/hook/',
    address: 'canary@example.com',
  };
  const all = Object.values(marks).join(' ');
  const nested = new Error(`request to ${all} failed`, { cause: new Error(all, { cause: all }) });
  Object.assign(nested, { headers: { authorization: marks.key }, url: marks.hook });

  it.each<[string, (log: Logger) => void]>([
    ['what stands in a message', (log) => log.info(`calling ${all}`)],
    ['what stands in a field', (log) => log.info({ note: all }, 'x')],
    ['what stands in a list in an object', (log) => log.info({ a: { b: [all] } }, 'x')],
    ['the message of an error', (log) => log.error({ err: nested }, 'x')],
    ['the message of an error under another name', (log) => log.error({ error: nested, deep: { why: nested } }, 'x')],
    ['the message of an error alone', (log) => log.error(nested)],
    ['what stands in a child’s bindings', (log) => log.child({ note: all }).info('x')],
    ['what stands in the bindings of a child’s child', (log) => log.child({}).child({ note: all }).info('x')],
    [
      'a message that looks like a stack',
      (log) =>
        log.error({ err: new Error('x\n    at canary (canary.ts:1:1)', { cause: new Error('\n    at canary') }) }, 'x'),
    ],
    ['a name that is a text', (log) => log.error({ err: Object.assign(new Error(), { name: 'a canary' }) }, 'x')],
    [
      'a message that was changed after the throw',
      (log) => log.error({ err: Object.assign(new Error('\n    at canary'), { message: 'other' }) }, 'x'),
    ],
    ['headers', (log) => log.info({ req: { headers: { 'x-key': 'canary' } } }, 'x')],
    ['arguments', (log) => log.info({ tool_args: { title: 'canary' }, toolArgs: '{"a":"canary"}' }, 'x')],
    [
      'audio, transcripts and prompts',
      (log) => log.info({ audio: 'canary', transcript: 'canary', instructions: 'canary' }, 'x'),
    ],
    ['keys by their name', (log) => log.info({ apiKey: 'canary', signingSecret: 'canary', token: 'canary' }, 'x')],
    ['a canary in an object of a class', (log) => log.info({ thing: new Map([['canary', 'canary']]) }, 'x')],
  ])('%s', (_case, write) => {
    const { log, raw } = capture();
    write(log);
    expect(raw()).toContain('"level"');
    expect(raw()).not.toContain('canary');
  });
});

it('says where an error came from, and what kind it is, with its causes', () => {
  const { log, lines } = capture();
  const cause = Object.assign(new TypeError('secret'), { code: 'ECONNREFUSED' });
  log.error({ err: new Error('secret', { cause }) }, 'Failed');
  expect(lines()).toMatchObject([
    {
      err: {
        type: 'Error',
        stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]) as string[],
        cause: { type: 'TypeError', code: 'ECONNREFUSED' },
      },
    },
  ]);
});

it('keeps the host of a URL, counts and identity keys, which help', () => {
  const { log, lines } = capture();
  log.info({ at: 'wss://api.openai.com/v1/realtime?model=x', outputs: 3, output: 12, idempotencyKey: 'abc123' }, 'x');
  expect(lines()).toMatchObject([{ at: 'wss://api.openai.com/…', outputs: 3, output: 12, idempotencyKey: 'abc123' }]);
});

it('bounds what it writes', () => {
  const { log, raw } = capture();
  log.info({ long: 'x'.repeat(100_000), many: Array.from({ length: 100_000 }, () => 'y') }, 'z'.repeat(100_000));
  expect(raw().length).toBeLessThan(3_000);
});
