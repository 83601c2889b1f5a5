import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordingLine } from '../../replay/recording/format';
import { readHeader, readLines } from '../../replay/recording/read';
import { RecordingDirectoryError } from '../../src/recordings';
import { metricReaches } from '../hostile/support/metrics';
import { Closing } from '../pipeline/support/closing';
import { configWith, orgKey, startTestRelay } from '../src/support/relay';
import { booked, bookingAloud, confirmation, preamble } from './support/conversations';
import { speak } from './support/exchange';
import { call, hangUp, openHouse, upstreamKey } from './support/house';
import { openPhoneHouse, phone } from './support/phone-house';
import { recording, spokenTurn } from './support/recording';
import { secretsOf } from './support/secrets';
import { tempDir } from './support/temp-dir';

const opened = new Closing();
afterEach(() => opened.all());

/** The one recording in a folder. */
function fileIn(folder: string): string {
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error('not one recording');
  return join(folder, name);
}

async function linesIn(file: string): Promise<RecordingLine[]> {
  const lines: RecordingLine[] = [];
  for await (const { line } of readLines(file)) lines.push(line);
  return lines;
}

const eventsOf = (lines: readonly RecordingLine[], side: 'client' | 'relay') =>
  lines.flatMap((line) => ('event' in line && line.from === side ? [line.event] : []));

describe('a recorded conversation', () => {
  it('holds both sides and its end, and by default nothing of what was said, heard, called or shown', async () => {
    const folder = join(await tempDir(opened), 'made', 'when needed');
    const house = await openHouse(opened, {
      simulator: { scenario: bookingAloud },
      variables: { RECORD_DIR: folder },
    });
    const client = await call(opened, house);
    client.send({ type: 'conversation.item.create', event_id: 'CANARY_ID', item: { type: 'message', role: 'user' } });
    speak(client, spokenTurn);
    await client.next('response.done');
    await hangUp(client.socket);
    await metricReaches(house.relay, 'relay_recordings_total{ending="whole"}', 1);

    const file = fileIn(folder);
    expect(file).toMatch(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_rs_[0-9a-f-]{36}\.jsonl$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readHeader(file)).toMatchObject({
      audio: 'length',
      personal_data: 'redacted',
      input_format: { type: 'audio/pcm', rate: 24_000 },
    });
    const lines = await linesIn(file);
    expect(lines.at(-1)).toMatchObject({ end: 'client_closed' });
    expect(eventsOf(lines, 'relay').map(({ type }) => type)).toEqual(client.events.map(({ type }) => type));
    const heardMs = eventsOf(lines, 'relay').map(({ audio_ms: ms }) => (typeof ms === 'number' ? ms : 0));
    expect(Math.max(...heardMs)).toBeGreaterThan(0);

    const text = readFileSync(file, 'utf8');
    const audio = client.events
      .filter(({ type }) => type === 'response.output_audio.delta')
      .map(({ json }) => String(json['delta']).slice(0, 64));
    const secrets = [
      ...secretsOf(await house.simulator.session(0)),
      ...[recording.words, preamble, confirmation, booked.attendee_email, booked.title, 'CANARY'],
      ...[upstreamKey, orgKey, house.hook.url, spokenTurn.toString('base64', 0, 48), ...audio],
    ];
    expect(audio.length).toBeGreaterThan(0);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('is kept as it was where that is asked for', async () => {
    const folder = await tempDir(opened);
    const variables = { RECORD_DIR: folder, RECORD_AUDIO: 'kept', RECORD_PERSONAL_DATA: 'kept' };
    const house = await openHouse(opened, { variables });
    const client = await call(opened, house);
    const said = [
      { type: 'input_audio_buffer.append', audio: Buffer.from('sound').toString('base64') },
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Grüße 👋' }] },
      },
      { type: 'response.create' },
    ];
    said.forEach((event) => client.send(event));
    await client.next('response.done');
    await house.relay.stop();
    const { code } = await client.closed;
    expect(code).toBe(1001);

    const lines = await linesIn(fileIn(folder));
    expect(eventsOf(lines, 'client')).toEqual(said);
    expect(eventsOf(lines, 'relay')).toEqual(client.events.map(({ json }) => json));
    expect(lines.at(-1)).toMatchObject({ end: 'draining' });
  });

  it('is recorded as it was said, though messages are masked where they lie when they are sent on', async () => {
    const folder = await tempDir(opened);
    const variables = { RECORD_DIR: folder, RECORD_AUDIO: 'kept', RECORD_PERSONAL_DATA: 'kept' };
    const house = await openHouse(opened, { variables, limits: { messagesPerSecond: 1_000 } });
    const client = await call(opened, house);
    const upstream = await house.simulator.session(0);
    // As fast as they go, so that many are read at once, and in frames of every length.
    const sounds = [6, 150, 960, 60_000].map((bytes) => Buffer.alloc(bytes).toString('base64'));
    const said = Array.from({ length: 120 }, (_, index) => sounds[index % sounds.length] ?? '');
    const appends = said.map((audio, index) => ({
      type: 'input_audio_buffer.append',
      event_id: `said_${index}`,
      audio,
    }));
    const deltas = said.map((delta, index) => ({
      type: 'response.output_audio.delta',
      event_id: `answered_${index}`,
      delta,
    }));
    appends.forEach((event) => client.send(event));
    deltas.forEach((event) => upstream.inject(event));
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    await hangUp(client.socket);
    await metricReaches(house.relay, 'relay_recordings_total{ending="whole"}', 1);

    const lines = await linesIn(fileIn(folder));
    expect(eventsOf(lines, 'client').slice(0, -1)).toEqual(appends);
    expect(upstream.received).toEqual(expect.arrayContaining(appends));
    const heard = client.events.map(({ json }) => json);
    expect(heard).toEqual(expect.arrayContaining(deltas));
    expect(eventsOf(lines, 'relay')).toEqual(heard);
  });

  it('is not recorded where there is no room for recordings, which is said once', async () => {
    const folder = await tempDir(opened);
    writeFileSync(join(folder, 'old.jsonl'), 'x'.repeat(5_000));
    const house = await openHouse(opened, {
      variables: { RECORD_DIR: folder },
      limits: { recordingDirBytes: 5_000 },
    });
    for (let talked = 1; talked <= 2; talked += 1) {
      const client = await call(opened, house);
      await metricReaches(house.relay, 'relay_recordings_total{ending="no_room"}', talked);
      await client.ask('Hello.');
      await hangUp(client.socket);
    }
    const told = house.log.filter((line) => line.toLowerCase().includes('recording'));
    expect(told.map((line): unknown => JSON.parse(line))).toMatchObject([{ level: 'warn', directory: folder }]);
    expect(readdirSync(folder)).toEqual(['old.jsonl']);
  });

  it('goes on where its recording cannot', async () => {
    const folder = join(await tempDir(opened), 'gone');
    const house = await openHouse(opened, { variables: { RECORD_DIR: folder } });
    rmSync(folder, { recursive: true });
    const client = await call(opened, house);
    await metricReaches(house.relay, 'relay_recordings_total{ending="write_failed"}', 1);
    await client.ask('Hello.');
    await hangUp(client.socket);
    const told = house.log.filter((line) => line.includes('Recording cut short'));
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0] ?? '')).toMatchObject({ level: 'warn', reason: 'write_failed', code: 'ENOENT' });
  });
});

it('a recorded phone call is what passed the session, with the name of its carrier and nothing of the caller', async () => {
  const folder = await tempDir(opened);
  const recorded = { dir: folder, audio: 'length', personalData: 'redacted' } as const;
  const greeting = { name: 'greeting', turns: [{ when: { response: 1 }, steps: [{ say: 'Hello?' }] }] };
  const house = await openPhoneHouse(opened, { simulator: { scenario: greeting }, org: { recording: recorded } });
  const caller = house.carrier.call({ from: phone.caller, to: phone.called });
  await caller.until('stream_opened');
  await caller.until('quiet');
  caller.press('2468#');
  const session = await house.simulator.session(0);
  await session.waitFor(({ event }) => JSON.stringify(event).includes('2468#'));
  caller.hangUp();
  await metricReaches(house.relay, 'relay_recordings_total{ending="whole"}', 1);

  const file = fileIn(folder);
  expect(await readHeader(file)).toMatchObject({
    carrier: 'twilio',
    input_format: { type: 'audio/pcmu' },
    output_format: { type: 'audio/pcmu' },
  });
  const lines = await linesIn(file);
  expect(lines.at(-1)).toMatchObject({ end: 'client_closed' });
  const append = eventsOf(lines, 'client').find(({ type }) => type === 'input_audio_buffer.append');
  expect(append).toMatchObject({ audio_bytes: 160, audio_ms: 20 });
  expect(eventsOf(lines, 'relay').map(({ type }) => type)).toContain('response.output_audio.delta');
  expect(eventsOf(lines, 'client').map(({ type }) => type)).toContain('conversation.item.create');
  const text = readFileSync(file, 'utf8');
  const secrets = [phone.caller, phone.called, caller.id, '2468', 'Hello'];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

it('a relay does not start where it could not record', async () => {
  const folder = await tempDir(opened);
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'good'));
  await expect(startTestRelay(configWith({ RECORD_DIR: join(folder, 'file') }))).rejects.toThrow(
    RecordingDirectoryError,
  );
  const relay = await startTestRelay(configWith({ RECORD_DIR: join(folder, 'good') }));
  await relay.stop();
});
