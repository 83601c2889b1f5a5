import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importEventLog } from '../../replay/import/event-log';
import { recordingText } from '../../replay/import/imported';
import { type Job } from '../../replay/load/job';
import { type LoadPlan } from '../../replay/load/plan';
import { startLoad, startPlanned } from '../../replay/load/load';
import { phoneSessions } from '../../replay/load/phone-sessions';
import { readScript } from '../../replay/player/script-builder';
import { type Scenario } from '../../simulator';
import { metricReaches } from '../hostile/support/metrics';
import { Closing } from '../pipeline/support/closing';
import { bearer, orgKey } from '../src/support/relay';
import { bookingAloud } from './support/conversations';
import { speak } from './support/exchange';
import { call, endOf, hangUp, type House, openHouse } from './support/house';
import { openPhoneHouse, phone } from './support/phone-house';
import { spokenTurn } from './support/recording';
import { tempDir } from './support/temp-dir';

const opened = new Closing();
afterEach(() => opened.all());

const once = (sessions: number): LoadPlan => ({ kind: 'steady', sessions, rampMs: 0, durationMs: undefined });

const jobFor = ({ url }: Pick<House, 'url'>, files: readonly string[], plan: LoadPlan): Job => ({
  files,
  target: { url, headers: bearer(orgKey) },
  manner: { speed: 1, expect: 'strict', patienceMs: 10_000 },
  plan,
});

/** A house, and the recording the relay made there of a call in which something is booked aloud. */
async function recorded(variables: Readonly<Record<string, string>>) {
  const folder = await tempDir(opened);
  const house = await openHouse(opened, {
    simulator: { scenario: bookingAloud },
    variables: { RECORD_DIR: folder, ...variables },
  });
  const client = await call(opened, house);
  speak(client, spokenTurn);
  await client.next('response.done');
  await client.next('response.done');
  await hangUp(client.socket);
  await metricReaches(house.relay, 'relay_recordings_total{ending="whole"}', 1);
  const [name = ''] = readdirSync(folder);
  return { house, file: join(folder, name) };
}

/** A recording of a typed turn, as somebody logged it. */
async function typedTurn(): Promise<string> {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] };
  const log = [
    { type: 'session.created', session: {} },
    { type: 'conversation.item.create', item },
    { type: 'response.create' },
    { type: 'response.created', response: {} },
    { type: 'response.output_audio.delta', delta: '' },
    { type: 'response.done', response: { status: 'completed' } },
  ];
  const file = join(await tempDir(opened), 'typed.jsonl');
  writeFileSync(file, recordingText(importEventLog(JSON.stringify(log), 'typed')));
  return file;
}

describe('a call that the relay recorded', () => {
  it.each([
    ['with its audio', { RECORD_AUDIO: 'kept' }, 0],
    ['without its audio', { RECORD_AUDIO: 'length' }, 32],
  ])('is played again %s, and comes out the same', async (_how, variables, frames) => {
    const { house, file } = await recorded(variables);
    expect((await readScript(file)).standIns.frames).toBe(frames);
    const load = await startLoad(jobFor(house, [file], once(3)), 1);
    const { totals } = await load.result;
    expect(Object.fromEntries(totals.differences)).toEqual({});
    expect(totals.counts).toMatchObject({ started: 3, completed: 3 });
    expect(totals.times.get('first_audio')?.count).toBe(3);
    expect(totals.times.get('connect')?.count).toBe(3);
    // It was booked when it was recorded.
    expect(house.hook.requests).toHaveLength(1);
  });
});

describe('load', () => {
  it('can be shared by workers', async () => {
    const house = await openHouse(opened);
    const load = await startLoad({ ...jobFor(house, [await typedTurn()], once(5)), manner: shape }, 2);
    const { totals } = await load.result;
    expect(totals.counts).toMatchObject({ started: 5, completed: 5 });
    expect(totals.times.get('lateness')?.count).toBe(10);
  });

  it('ends when it is told to, and still tells what it measured', async () => {
    const scenario: Scenario = {
      name: 'thinks for ever',
      turns: [{ when: { turn: 1 }, steps: [{ wait_for: 'cancel' }] }],
    };
    const house = await openHouse(opened, { simulator: { scenario } });
    const forever: LoadPlan = { kind: 'steady', sessions: 3, rampMs: 0, durationMs: 600_000 };
    const load = await startLoad({ ...jobFor(house, [await typedTurn()], forever), manner: shape }, 1);
    opened.add(load, async (running) => {
      running.stop();
      await running.result;
    });
    const sessions = await Promise.all([0, 1, 2].map((nth) => house.simulator.session(nth)));
    await Promise.all(sessions.map((session) => session.waitFor('response.created')));
    load.stop();
    const { totals } = await load.result;
    expect(totals.counts).toMatchObject({ started: 3, stopped: 3, failed: 0 });
    expect(totals.times.get('connect')?.count).toBe(3);
    await Promise.all(sessions.map(endOf));
  });

  it('counts who is turned away, by the reason that is given', async () => {
    const house = await openHouse(opened);
    const job = jobFor(house, [await typedTurn()], once(2));
    const load = await startLoad({ ...job, target: { ...job.target, headers: bearer('a-wrong-key') } }, 1);
    const { totals } = await load.result;
    expect(totals.counts).toMatchObject({ started: 2, refused: 2 });
    expect(Object.fromEntries(totals.errors)).toEqual({ 'http_401 invalid_credential': 2 });
  });

  it('can be made of phone calls', async () => {
    const scenario: Scenario = { name: 'brief', turns: [{ when: { turn: 1 }, steps: [{ say: 'Yes.' }] }] };
    const house = await openPhoneHouse(opened, { simulator: { pace: 'instant', scenario } });
    const script = await readScript(await typedTurn());
    const manner = { expect: 'shape', patienceMs: 20_000 } as const;
    const load = await startPlanned(once(2), phoneSessions([script], manner, house.carrier, phone.called));
    const { totals } = await load.result;
    expect(Object.fromEntries([...totals.errors, ...totals.differences])).toEqual({});
    expect(totals.counts).toMatchObject({ started: 2, completed: 2 });
    expect(totals.times.get('first_audio')?.count).toBe(2);
  });
});

const shape = { speed: 1, expect: 'shape', patienceMs: 10_000 } as const;
