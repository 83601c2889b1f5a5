import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario, parseScenario, type Scenario, SHIPPED_SCENARIOS } from '../../../simulator';
import { appendTurn } from '../support/audio';
import { type Client, closeAll, list, session } from '../support/client';
import { APPOINTMENT_TOOLS, tool } from '../support/tools';

afterEach(closeAll);

const SUCCESS = { success: true, message: 'Appointment created and confirmation email sent to user@example.com' };
const MISSING = {
  success: false,
  error: 'Missing required fields: attendee_email',
  clarification: 'VALIDATION_FAILED: …',
};

describe('the shipped scenarios', () => {
  it.each<[name: string, outputs: object[], heard: RegExp[]]>([
    ['booking', [SUCCESS], [/^Done\. Appointment created/]],
    ['missing-email', [MISSING, SUCCESS], [/^I still need an e-mail address/, /^Done\./]],
    ['duplicate', [SUCCESS, { ...SUCCESS, is_duplicate: true }], [/^Done\./, /^That is already arranged/]],
    ['escalation', [{ success: true, message: 'Someone is coming' }], [/^Done\. Someone is coming\./]],
    ['goodbye', [{ success: true }], [/Goodbye\./]],
  ])('%s plays from spoken turns', async (name, outputs, answers) => {
    const { client } = await session({ scenario: loadScenario(name) });
    await client.update({ tools: APPOINTMENT_TOOLS });
    for (const [turn, output] of outputs.entries()) {
      appendTurn(client, 'Something said');
      const calling = await client.done();
      await answer(client, calling, JSON.stringify(output));
      const spoken = await client.done();
      expect(transcript(spoken)).toMatch(answers[turn] ?? /^$/);
    }
    expect(client.all('error')).toEqual([]);
  });

  it('are all there', () => {
    expect(Object.keys(SHIPPED_SCENARIOS)).toEqual(['booking', 'missing-email', 'duplicate', 'escalation', 'goodbye']);
  });
});

describe('a scenario', () => {
  it('is read from a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'mine.json');
    writeFileSync(path, JSON.stringify({ name: 'mine', turns: [{ steps: [{ say: 'Hello' }] }] }));
    expect(loadScenario(path).turns[0]?.order).toBe('interleaved');
  });

  it('is as its documentation shows it', () => {
    const readme = readFileSync(join(__dirname, '../../../simulator/README.md'), 'utf8');
    const example = /```json\n(.*?)```/s.exec(readme)?.[1] ?? '';
    expect(parseScenario(JSON.parse(example)).turns).toHaveLength(8);
  });

  it('is refused with every fault named', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'wrong.json');
    writeFileSync(path, JSON.stringify({ turns: [{ steps: [] }], extra: 1 }));
    expect(() => loadScenario(path)).toThrow(/name.*steps|extra/s);
    expect(() => loadScenario('no-such-scenario')).toThrow(/neither one of booking, missing-email/);
  });

  it('is a script where its turns have no conditions, and leaves the rest to the rule model', async () => {
    const { client } = await session({ scenario: say('One.', 'Two.') });
    const said: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) said.push(transcript(await client.ask('Go on')));
    expect(said.slice(0, 2)).toEqual(['One.', 'Two.']);
    expect(said[2]).toMatch(/^Hello\. I can book/);
  });

  it('answers by the number of the turn, of the response, by what was said and what a tool gave', async () => {
    const scenario: Scenario = {
      name: 'conditions',
      turns: [
        { when: { tool: 'look', tool_output: 'BLUE' }, steps: [{ say: 'It is blue.' }] },
        { when: { user: 'look' }, times: 1, steps: [{ call: { name: 'look' } }] },
        { when: { response: 4 }, steps: [{ say: 'Fourth response.' }] },
        { when: { turn: 2 }, steps: [{ say: 'Second turn.' }] },
      ],
    };
    const { client } = await session({ scenario });
    await client.update({ tools: [tool('look')] });
    await answer(client, await client.ask('Please LOOK'), 'the sky is blue');
    expect(transcript(await client.done())).toBe('It is blue.');
    expect(transcript(await client.ask('look again'))).toBe('Second turn.');
    expect(transcript(await client.ask('look again'))).toBe('Fourth response.');
  });

  it('fails a response, reports errors, sends strange events, and goes on', async () => {
    const { client } = await session({
      scenario: {
        name: 'trouble',
        turns: [
          {
            steps: [
              { say: 'Well.' },
              { error: { message: 'Something is off.' } },
              { emit: { type: 'response.reasoning.delta', delta: 'hm' } },
              { fail: { code: 'rate_limit_exceeded', message: 'Too much.' } },
            ],
          },
        ],
      },
    });
    expect(await client.ask('Hello')).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { code: 'rate_limit_exceeded', message: 'Too much.' } },
      output: [{ status: 'completed' }],
    });
    expect(client.all('error')[0]?.json['error']).toEqual({
      type: 'server_error',
      code: null,
      message: 'Something is off.',
      param: null,
      event_id: null,
    });
    expect(Object.keys(client.all('response.reasoning.delta')[0]?.json ?? {})).toEqual(['type', 'event_id', 'delta']);
    expect(await client.ask('Hello')).toMatchObject({ status: 'completed' });
  });

  it('waits for a client event, and for time to pass', async () => {
    const steps = [
      { wait_for: { event: 'input_audio_buffer.clear' } },
      { wait_for: { milliseconds: 1 } },
      { say: 'Now.' },
    ];
    const { client } = await session({ scenario: { name: 'waits', turns: [{ steps }] } });
    client.send({ type: 'response.create' });
    await client.next('response.created');
    await client.update({});
    expect(client.all('response.output_item.added')).toHaveLength(0);
    client.send({ type: 'input_audio_buffer.clear' });
    expect(transcript(await client.done())).toBe('Now.');
  });

  it.each([
    [{ close: { code: 1011, reason: 'broken' } }, { code: 1011, reason: 'broken' }],
    [{ drop: true as const }, { code: 1006, reason: '' }],
  ])('ends the connection: %j', async (step, closing) => {
    const { client } = await session({ scenario: { name: 'end', turns: [{ steps: [{ say: 'Bye.' }, step] }] } });
    client.send({ type: 'response.create' });
    expect(await client.closed).toEqual(closing);
  });

  it('can do without rate limits', async () => {
    const { client } = await session({ scenario: { ...say('One.'), quirks: { rate_limits: false } } });
    await client.ask('Hello');
    await client.update({});
    expect(client.all('rate_limits.updated')).toHaveLength(0);
  });
});

function say(...texts: string[]): Scenario {
  return { name: 'say', turns: texts.map((text) => ({ steps: [{ say: text }] })) };
}

function transcript(response: Record<string, unknown>): string {
  const [content] = list(list(response['output'])[0]?.['content']);
  return String(content?.['transcript']);
}

/** Gives every call of a response the same output and asks for the next. */
async function answer(client: Client, response: Record<string, unknown>, output: string): Promise<void> {
  for (const item of list(response['output']).filter(({ type }) => type === 'function_call')) {
    client.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: item['call_id'], output },
    });
  }
  client.send({ type: 'response.create' });
  await client.next('response.created');
}
