import { once } from 'node:events';
import { type WebSocket } from 'ws';
import {
  pcmu,
  PhoneClient,
  signalwire,
  startSession,
  defaultSessionLimits,
  twilio,
  withCallAudio,
  type CallStart,
  type EndCause,
  type PhoneOptions,
} from '../../../relay';
import { lifeSign } from '../../../relay/gateways/phone/mark-name';
import { Pairs } from '../support/pair';
import { type Inbox } from '../support/inbox';
import { beginSpeech, callTool, configure, endSpeech } from './support/model-side';

const pairs = new Pairs();
afterEach(() => pairs.close());

const mulaw = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
const start = (callSid = 'CA1', mediaFormat: object = mulaw) => ({
  event: 'start',
  start: { streamSid: 'MZ1', callSid, mediaFormat, customParameters: { org_id: 'org_1' } },
  streamSid: 'MZ1',
});
const media = (payload: string, timestamp = 0) => ({
  event: 'media',
  media: { track: 'inbound', timestamp: String(timestamp), payload },
  streamSid: 'MZ1',
});
const speech = (ms: number) => Buffer.alloc(8 * ms, 0x2a).toString('base64');

const phoneFor = (options: Partial<PhoneOptions> = {}) =>
  new PhoneClient({
    dialect: twilio,
    format: pcmu,
    admit: ({ callId }) => callId === 'CA1',
    speaksFirst: false,
    ...options,
  });

/** A call of which the carrier has opened its socket and upstream is configured. */
async function ringing(options: Partial<PhoneOptions> = {}, more: Parameters<Pairs['open']>[0] = {}) {
  const phone = phoneFor(options);
  const pair = await pairs.open({ phone, ...more });
  const up = await pair.upstream();
  await configure(up);
  return { ...pair, carrier: pair.client, up, phone };
}

/** One that has been answered. */
async function answered(options: Partial<PhoneOptions> = {}, more: Parameters<Pairs['open']>[0] = {}) {
  const call = await ringing(options, more);
  call.carrier.send(start());
  call.carrier.send(media('AAAA'));
  await call.up.next('input_audio_buffer.append');
  // How long is the way? This carrier does not say.
  expect(await call.carrier.next('mark')).toMatchObject({ mark: { name: lifeSign } });
  return call;
}

describe('a phone call', () => {
  it('carries audio both ways, and nothing else down', async () => {
    const { carrier, up } = await answered();
    carrier.send(media(speech(20), 20));
    expect(await up.next('input_audio_buffer.append')).toEqual({
      type: 'input_audio_buffer.append',
      audio: speech(20),
    });
    beginSpeech(up, speech(60));
    expect(await carrier.next('media')).toEqual({ event: 'media', streamSid: 'MZ1', media: { payload: speech(60) } });
    endSpeech(up);
    expect(await carrier.next('mark')).toEqual({ event: 'mark', streamSid: 'MZ1', mark: { name: 'i1:60' } });
    expect(carrier.frames).toHaveLength(3);
  });

  it('holds what the caller says until upstream is configured', async () => {
    const { client: carrier, upstream } = await pairs.open({ phone: phoneFor() });
    const up = await upstream();
    carrier.send(start());
    carrier.send(media('AAAA'));
    carrier.send(media('BBBB'));
    await configure(up);
    expect(await up.next('input_audio_buffer.append')).toMatchObject({ audio: 'AAAA' });
    expect(await up.next('input_audio_buffer.append')).toMatchObject({ audio: 'BBBB' });
  });

  it('cuts the model off when the caller speaks, and tells it what was heard', async () => {
    const { carrier, up } = await answered();
    beginSpeech(up, speech(960));
    await carrier.next('mark');
    carrier.send({ event: 'mark', streamSid: 'MZ1', mark: { name: 'i1:240' } });
    carrier.send(media('CCCC', 20));
    await up.next('input_audio_buffer.append');
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e', audio_start_ms: 0, item_id: 'item_U' });
    expect(await carrier.next('clear')).toEqual({ event: 'clear', streamSid: 'MZ1' });
    const truncate = await up.next('conversation.item.truncate');
    expect(truncate).toMatchObject({ item_id: 'item_A', content_index: 0 });
    expect(truncate['audio_end_ms']).toBeGreaterThanOrEqual(240);
    expect(truncate['audio_end_ms']).toBeLessThanOrEqual(480);
  });

  it('plays nothing of a response that began before the caller spoke and whose audio comes after', async () => {
    const { carrier, up } = await answered();
    const response = { id: 'resp_A', object: 'realtime.response', status: 'in_progress', output: [] };
    up.send({ type: 'response.created', event_id: 'e', response });
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e', audio_start_ms: 0, item_id: 'item_U' });
    beginSpeech(up, speech(240));
    expect(await up.next('conversation.item.truncate')).toMatchObject({ item_id: 'item_A', audio_end_ms: 0 });
    up.send({ type: 'response.created', event_id: 'e', response: { ...response, id: 'resp_B' } });
    const place = { response_id: 'resp_B', item_id: 'item_B', output_index: 0, content_index: 0 };
    up.send({ type: 'response.output_audio.delta', event_id: 'e', ...place, delta: speech(60) });
    expect(await carrier.next('media')).toMatchObject({ media: { payload: speech(60) } });
  });

  it('ends when the goodbye has been heard', async () => {
    const tools = {
      prepare: () => ({ execute: () => Promise.resolve({ output: 'Goodbye.', endSession: true }) }),
    };
    const { carrier, up, session: running } = await answered({}, { tools });
    callTool(up);
    await up.next('response.create');
    beginSpeech(up, speech(240));
    endSpeech(up);
    const { mark } = await carrier.next('mark');
    carrier.send({ event: 'mark', streamSid: 'MZ1', mark });
    expect(await running.ended).toMatchObject({ cause: 'call_ended' });
    expect(await carrier.closed).toEqual({ code: 1000, reason: 'call_ended' });
  });

  it('tells who waits for it when the model has been heard', async () => {
    const { carrier, up, phone } = await answered();
    await phone.heard();
    beginSpeech(up, speech(240));
    const { mark } = await carrier.next('mark');
    const heard = phone.heard();
    endSpeech(up);
    carrier.send({ event: 'mark', streamSid: 'MZ1', mark });
    await heard;
  });

  it('tells who waits for it when the model is cut off, and when the call ends', async () => {
    const { carrier, up, phone, session: running } = await answered();
    beginSpeech(up, speech(240));
    await carrier.next('mark');
    const cutOff = phone.heard();
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e' });
    await cutOff;
    const ended = phone.heard();
    running.end('idle');
    await ended;
  });

  it('tells the model of keys', async () => {
    const { carrier, up } = await answered();
    for (const digit of ['4', '#']) carrier.send({ event: 'dtmf', streamSid: 'MZ1', dtmf: { digit } });
    const content = [{ type: 'input_text', text: 'The caller pressed 4#.' }];
    expect(await up.next('conversation.item.create')).toMatchObject({ item: { role: 'user', content } });
    await up.next('response.create');
  });

  it.each<[string, (carrier: Inbox) => void]>([
    ['stops', (carrier) => carrier.send({ event: 'stop', streamSid: 'MZ1', stop: { callSid: 'CA1' } })],
    ['closes', (carrier) => carrier.socket.close()],
  ])('ends when the carrier %s, while the model speaks', async (_how, leave) => {
    const { carrier, up, session: running } = await answered();
    beginSpeech(up, speech(960));
    await carrier.next('media');
    leave(carrier);
    expect(await running.ended).toMatchObject({ cause: 'client_closed' });
    await up.closed;
  });

  it('counts what it does', async () => {
    const counts: Record<string, number> = {};
    const meter = { counted: (what: string, by: number) => void (counts[what] = (counts[what] ?? 0) + by) };
    const { carrier, up } = await answered({ meter });
    beginSpeech(up, speech(240));
    await carrier.next('mark');
    up.send({ type: 'input_audio_buffer.speech_started', event_id: 'e' });
    await carrier.next('clear');
    await up.next('conversation.item.truncate');
    expect(counts).toEqual({ marks_sent: 1, interruptions: 1, marks_cleared: 1, truncations: 1 });
  });

  it('takes at once what its carrier could not send for 40 seconds', async () => {
    const { carrier, up } = await answered();
    for (let frame = 1; frame <= 2000; frame++) carrier.send(media(speech(20), 20 * frame));
    carrier.send(media('DDDD', 40_020));
    for (let frame = 1; frame <= 2000; frame++) await up.next('input_audio_buffer.append');
    expect(await up.next('input_audio_buffer.append')).toMatchObject({ audio: 'DDDD' });
  });

  it('goes on in silence while its carrier, that answers no pings, gives a sign of life when asked', async () => {
    const limits = { pingMs: 50, deadPeerMs: 1000 };
    const { carrier, up, session: running } = await answered({}, { limits, client: { autoPong: false } });
    for (let asked = 0; asked < 3; asked++) {
      const { mark } = await carrier.next('mark');
      expect(mark).toEqual({ name: lifeSign });
      carrier.send({ event: 'mark', streamSid: 'MZ1', mark });
    }
    carrier.send(media('DDDD', 20));
    expect(await up.next('input_audio_buffer.append')).toMatchObject({ audio: 'DDDD' });
    // From now on it gives none.
    expect(await running.ended).toMatchObject({ cause: 'client_unresponsive' });
  });

  it('with PCM at 16 kHz is resampled both ways', async () => {
    const format = { encoding: 'l16', rateHz: 16000 } as const;
    const call = await ringing({ dialect: signalwire, format });
    call.carrier.send(start('CA1', { encoding: 'audio/x-L16', sampleRate: 16000 }));
    call.carrier.send(media(Buffer.alloc(640, 1).toString('base64')));
    const { audio } = await call.up.next('input_audio_buffer.append');
    expect(Buffer.from(String(audio), 'base64')).toHaveLength(960);
  });
});

describe('a stream that may not become a call', () => {
  it.each<[string, EndCause, (carrier: Inbox) => void]>([
    ['is another call’s', 'carrier_unknown_call', (carrier) => carrier.send(start('CA2'))],
    ['sends audio first', 'carrier_frame_before_start', (carrier) => carrier.send(media('AAAA'))],
    ['starts twice', 'carrier_second_start', (carrier) => [start(), start()].forEach((event) => carrier.send(event))],
    ['sends bytes', 'carrier_invalid_frame', (carrier) => carrier.socket.send(Buffer.from('{}'))],
    ['sends no JSON', 'carrier_invalid_frame', (carrier) => carrier.socket.send('nonsense')],
    ['sends too much at once', 'message_too_large', (carrier) => carrier.socket.send('x'.repeat(65_537))],
    ['sends too often', 'too_many_messages', (carrier) => flood(carrier)],
    [
      'has another codec',
      'carrier_wrong_codec',
      (carrier) => carrier.send(start('CA1', { ...mulaw, sampleRate: 16000 })),
    ],
  ])('ends by name when it %s', async (_what, cause, speak) => {
    const { carrier, session: running, log } = await ringing({ limits: { burstMs: 0 } });
    speak(carrier);
    expect(await running.ended).toMatchObject({ cause });
    expect(await carrier.closed).toMatchObject({ reason: cause });
    expect(carrier.frames.filter((frame) => !frame.includes(lifeSign))).toEqual([]);
    expect(log.map(({ fields }) => fields)).toContainEqual(expect.objectContaining({ cause }));
  });

  it('ends by name when it does not start in time', async () => {
    const { session: running } = await pairs.open({ phone: phoneFor({ limits: { startMs: 20 } }) });
    expect(await running.ended).toMatchObject({ cause: 'carrier_no_start' });
  });

  it('ends by name when the hook that should judge it fails', async () => {
    const admit = () => {
      throw new Error('broken');
    };
    const { carrier, session: running } = await ringing({ admit });
    carrier.send(start());
    expect(await running.ended).toMatchObject({ cause: 'internal_error' });
  });

  it('is asked about once, with all it says of itself', async () => {
    const asked: CallStart[] = [];
    const admit = (call: CallStart) => asked.push(call) > 0;
    const { carrier, session: running } = await ringing({ admit });
    carrier.send(start());
    carrier.send(start());
    expect(await running.ended).toMatchObject({ cause: 'carrier_second_start' });
    expect(asked).toEqual([{ streamId: 'MZ1', callId: 'CA1', format: pcmu, parameters: { org_id: 'org_1' } }]);
  });
});

describe('a session that is started before its call', () => {
  it('ends by name when the call never comes', async () => {
    const { running } = await prepared(phoneFor({ limits: { startMs: 20 } }));
    expect(await running.ended).toMatchObject({ cause: 'carrier_no_start' });
  });

  it('takes one socket, and closes another', async () => {
    const { phone, running } = await prepared(phoneFor());
    const first = await loosePair();
    const second = await loosePair();
    phone.attach(first.accepted);
    phone.attach(second.accepted);
    expect(await second.far.closed).toEqual({ code: 1008, reason: 'carrier_second_start' });
    running.end('idle');
    expect(await first.far.closed).toMatchObject({ reason: 'idle' });
  });

  it('must be started before a socket is attached', async () => {
    const { accepted } = await loosePair();
    expect(() => phoneFor().attach(accepted)).toThrow('only once its session has started');
  });

  async function prepared(phone: PhoneClient) {
    const { url } = await pairs.upstream();
    const quiet = () => undefined;
    const running = startSession({
      id: 'session_1',
      client: phone.open,
      upstream: { url, apiKey: 'sk-upstream', model: 'gpt-realtime-2.1' },
      config: withCallAudio({ type: 'realtime' }, pcmu),
      tools: { prepare: () => ({ execute: () => Promise.resolve({ output: '{}' }) }) },
      limits: defaultSessionLimits,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    return { phone, running };
  }

  /** Two ends of one connection, neither of them a session's yet. */
  async function loosePair(): Promise<{ accepted: WebSocket; far: Inbox }> {
    const { url, accepted } = await pairs.upstream();
    const socket = pairs.connect(url);
    const [far] = await Promise.all([accepted(), once(socket, 'open')]);
    return { accepted: socket, far };
  }
});

function flood(carrier: Inbox): void {
  for (let sent = 0; sent < 2000; sent++) carrier.send({ event: 'connected' });
}
