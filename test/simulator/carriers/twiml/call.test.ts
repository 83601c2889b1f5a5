import { soundOfRaw, MULAW_8K, twimlSignature } from '../../../../simulator/carriers';
import { audio, AUTH_TOKEN, closeAll, connected, ORIGIN, response, stage, STREAM } from '../support/twilio';

afterEach(closeAll);

describe('a call through Twilio', () => {
  it('asks the webhook as Twilio does, signed, under the public name', async () => {
    const { server, call } = await connected({ from: '+15550001111', to: '+15550002222' });
    const [asked] = server.requests;
    expect(asked).toMatchObject({ method: 'POST', url: '/voice', headers: { host: 'relay.example.com' } });
    const fields = Object.fromEntries(new URLSearchParams(asked?.body));
    expect(fields).toMatchObject({ CallSid: call.id, From: '+15550001111', To: '+15550002222', CallStatus: 'ringing' });
    expect(asked?.headers['x-twilio-signature']).toBe(twimlSignature(AUTH_TOKEN, `${ORIGIN}/voice`, fields));
  });

  it('opens the media socket signed over its wss URL, and begins with connected and start', async () => {
    const { server, call, stream, streamSid } = await connected();
    expect(server.upgrades[0]?.url).toBe('/media/tk_1');
    expect(server.upgrades[0]?.headers).toMatchObject({
      host: 'relay.example.com',
      'x-twilio-signature': twimlSignature(AUTH_TOKEN, 'wss://relay.example.com/media/tk_1'),
    });
    expect(stream.frames.slice(0, 2).map((frame) => JSON.parse(frame.toString()) as unknown)).toEqual([
      { event: 'connected', protocol: 'Call', version: '1.0.0' },
      {
        event: 'start',
        sequenceNumber: '1',
        start: {
          accountSid: `AC${'0'.repeat(32)}`,
          streamSid,
          callSid: call.id,
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
          customParameters: { org_id: 'org_1' },
        },
        streamSid,
      },
    ]);
  });

  it('sends what the caller says, 20 ms every 20 ms, with keys and a stop', async () => {
    const { call, stream, clock, streamSid } = await connected();
    const said = call.say(soundOfRaw(Buffer.alloc(320, 1), MULAW_8K));
    await clock.advance(60);
    expect(await said).toBe('spoken');
    call.press('5');
    call.hangUp();
    expect(await stream.closed).toBe(1000);
    expect(
      stream.events('media').map(({ media, sequenceNumber }) => ({ ...Object(media), sequenceNumber }) as unknown),
    ).toEqual([
      {
        track: 'inbound',
        chunk: '1',
        timestamp: '0',
        payload: Buffer.alloc(160, 1).toString('base64'),
        sequenceNumber: '2',
      },
      {
        track: 'inbound',
        chunk: '2',
        timestamp: '20',
        payload: Buffer.alloc(160, 1).toString('base64'),
        sequenceNumber: '3',
      },
      {
        track: 'inbound',
        chunk: '3',
        timestamp: '40',
        payload: Buffer.alloc(160, 0xff).toString('base64'),
        sequenceNumber: '4',
      },
    ]);
    expect(stream.events('dtmf')).toEqual([
      { event: 'dtmf', sequenceNumber: '5', streamSid, dtmf: { track: 'inbound_track', digit: '5' } },
    ]);
    expect(stream.events('stop')).toMatchObject([{ sequenceNumber: '6', stop: { callSid: call.id }, streamSid }]);
    expect(await call.ended).toEqual({ kind: 'completed', by: 'caller' });
  });

  it('leaves out silence while its timestamps go on', async () => {
    const { call, stream, clock } = await connected({ silenceSuppression: 0.3 });
    await clock.advance(20_000);
    call.hangUp();
    await stream.closed;
    const { sent, suppressed } = call.voiceFrames;
    expect(sent + suppressed).toBe(1000);
    expect(suppressed).toBeGreaterThan(150);
    const media = stream.events('media').map(({ media }) => Object(media) as { chunk: string; timestamp: string });
    expect(media).toHaveLength(sent);
    expect(media.map(({ chunk }) => Number(chunk))).toEqual(media.map((_, index) => index + 1));
    const times = media.map(({ timestamp }) => Number(timestamp));
    expect(times.every((time) => time % 20 === 0)).toBe(true);
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...steps)).toBe(20);
    expect(Math.max(...steps)).toBeGreaterThan(200);
  });

  it('plays what it gets and returns marks when they are heard, at once when idle, and all on clear', async () => {
    const { call, stream, clock, streamSid } = await connected();
    const mark = (name: string) => ({ event: 'mark', streamSid, mark: { name } });
    stream.send(mark('idle'));
    await stream.next({ event: 'mark' });
    for (const message of [audio(streamSid, 400), mark('a'), audio(streamSid, 400), mark('b'), mark('c')])
      stream.send(message);
    await call.until('mark', { where: ({ name }) => name === 'c' });
    await clock.advance(500);
    expect((await stream.next({ event: 'mark' }))['mark']).toEqual({ name: 'a' });
    expect(call.queuedMs).toBe(300);
    stream.send({ event: 'clear', streamSid });
    expect((await stream.next({ event: 'mark' }))['mark']).toEqual({ name: 'b' });
    expect((await stream.next({ event: 'mark' }))['mark']).toEqual({ name: 'c' });
    expect(call.heard).toMatchObject([
      { message: 0, heardMs: 400, cleared: false },
      { message: 1, heardMs: 100, cleared: true },
    ]);
    stream.send(audio(streamSid, 20));
    stream.send(mark('after'));
    await call.until('mark', { where: ({ name }) => name === 'after' });
    await clock.advance(20);
    expect((await stream.next({ event: 'mark' }))['mark']).toEqual({ name: 'after' });
    expect(call.history.all('mark_returned').map(({ name, because }) => `${name} ${because}`)).toEqual([
      'idle heard',
      'a heard',
      'b cleared',
      'c cleared',
      'after heard',
    ]);
    expect(call.heardMs).toBe(520);
    expect(call.complaints).toEqual([]);
  });

  it('waits until so much has been heard', async () => {
    const { call, stream, clock, streamSid } = await connected();
    const heard = call.untilHeard(300);
    stream.send(audio(streamSid, 200));
    await call.until('audio');
    await clock.advance(250);
    stream.send(audio(streamSid, 200));
    await call.until('audio', { where: ({ message }) => message === 1 });
    await clock.advance(100);
    await heard;
    expect(call.heardMs).toBe(300);
    expect(call.gaps).toEqual([{ fromMs: 200, toMs: 250 }]);
  });

  it('delays both ways by the network, in order', async () => {
    const { server, twilio, clock } = await stage();
    const call = twilio.call({ network: { latencyMs: 50, jitterMs: 30 } });
    const stream = await server.stream();
    await call.until('stream_opened');
    await clock.advance(100);
    const { streamSid } = await stream.next({ event: 'start' });
    await clock.advance(1000);
    await stream.next({ event: 'media' });
    const before = clock.now();
    stream.send(audio(String(streamSid), 20));
    stream.send({ event: 'mark', streamSid, mark: { name: 'm' } });
    const heard = call.until('audio');
    await keepGoing(clock, heard);
    const { atMs } = await heard;
    expect(atMs - before).toBeGreaterThanOrEqual(50);
  });

  it('goes on with the document when the relay closes the socket', async () => {
    const { call, stream } = await connected({}, response(`<Connect>${STREAM}</Connect><Dial>+15550003333</Dial>`));
    stream.socket.close(1000);
    expect(await call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'document' });
    expect(call.history.all('stream_closed')).toMatchObject([{ by: 'relay', code: 1000 }]);
    expect(stream.events('stop')).toEqual([]);
  });

  it('is over when the document is', async () => {
    const { call, stream } = await connected();
    stream.socket.close();
    expect(await call.ended).toEqual({ kind: 'completed', by: 'document' });
  });

  it('follows the action of a Connect, a Redirect, and the next verb after a number that is busy', async () => {
    const documents: Record<string, string> = {
      '/voice': response(`<Connect action="/after">${STREAM}</Connect><Hangup/>`),
      '/after': response('<Redirect>/dial</Redirect>'),
      '/dial': response('<Dial>+15550003333</Dial><Reject reason="busy"/>'),
    };
    const { call, stream, server } = await connected({ transferOutcome: 'busy' }, ({ url }) => ({
      body: documents[url] ?? '',
    }));
    stream.socket.close();
    expect(await call.ended).toEqual({ kind: 'rejected', reason: 'busy' });
    expect(server.requests.map(({ url }) => url)).toEqual(['/voice', '/after', '/dial']);
    expect(call.history.all('dialled')).toMatchObject([{ to: '+15550003333', outcome: 'busy' }]);
  });

  it('may show only its own numbers to the one it dials', async () => {
    const { twilio } = await stage(response('<Dial callerId="+15559999999">+15550003333</Dial>'));
    const call = twilio.call();
    expect(await call.ended).toEqual({ kind: 'completed', by: 'document' });
    expect(call.complaints).toMatchObject([{ code: '13214' }]);
  });

  it('tells of the stream and of its end where it was asked to', async () => {
    const document = response(
      '<Connect><Stream url="wss://relay.example.com/x" name="n" statusCallback="https://relay.example.com/status"/></Connect>',
    );
    const { server, twilio } = await stage(document, { statusCallback: `${ORIGIN}/ended` });
    const call = twilio.call();
    (await server.stream()).socket.close();
    await call.ended;
    await call.settled();
    const told = server.requests.slice(1).map(({ url, body }) => [url, Object.fromEntries(new URLSearchParams(body))]);
    expect(told).toMatchObject([
      ['/status', { StreamEvent: 'stream-started', StreamName: 'n', CallSid: call.id }],
      ['/status', { StreamEvent: 'stream-stopped' }],
      ['/ended', { CallStatus: 'completed' }],
    ]);
  });

  it('fails as Twilio does when the webhook is no use', async () => {
    const outcome = async (answer: Parameters<typeof stage>[0]) => {
      const call = (await stage(answer)).twilio.call();
      await call.ended;
      return call.complaints.map(({ code }) => code);
    };
    expect(await outcome(() => ({ status: 500, body: '' }))).toEqual(['11200']);
    expect(await outcome(() => ({ contentType: 'application/json', body: '{}' }))).toEqual(['12300']);
    expect(await outcome('<Response>')).toEqual(['12100']);
    expect(await outcome(response(`<Say>${'x'.repeat(70_000)}</Say>`))).toEqual(['11750']);
    expect(await outcome(response('<Redirect>http://[</Redirect>'))).toEqual(['11100']);
  });

  it.each([
    ['ws://relay.example.com/x', '31922'],
    ['not a url', '31923'],
    ['wss://relay.example.com:8443/x', '31901'],
    ['wss://relay.example.com/x?token=1', '31920'],
  ])('does not connect to %s', async (url, code) => {
    const { twilio, server } = await stage(response(`<Connect><Stream url="${url}"/></Connect>`));
    const call = twilio.call();
    expect(await call.ended).toEqual({ kind: 'completed', by: 'document' });
    expect(call.complaints).toMatchObject([{ code }]);
    expect(server.upgrades).toHaveLength(0);
  });

  it('says with what status the media socket was refused', async () => {
    const { twilio, server } = await stage();
    server.refuseWith = 403;
    const call = twilio.call();
    await call.ended;
    expect(call.complaints).toMatchObject([{ code: '31920', message: expect.stringContaining('403') as unknown }]);
    expect(call.history.all('stream_refused')).toMatchObject([{ status: 403 }]);
  });

  it('can be told to be a fraud: other headers, a document of its own, other messages', async () => {
    const { server, twilio } = await stage();
    const forged = { 'x-twilio-signature': 'AAAA' };
    const call = twilio.call({
      document: response(`<Connect>${STREAM}</Connect>`),
      headers: forged,
      tamper: (frame) => (frame.includes('"connected"') ? [] : [frame, frame]),
    });
    const stream = await server.stream();
    await stream.next({ event: 'start' });
    await stream.next({ event: 'start' });
    call.inject('{"event":"media"}');
    await stream.next({ event: 'media' });
    expect(server.requests).toHaveLength(0);
    expect(server.upgrades[0]?.headers).toMatchObject(forged);
    expect(stream.events('connected')).toEqual([]);
    call.dropStream();
    expect(await stream.closed).toBe(1006);
  });

  it('may end while its media socket is still being opened', async () => {
    const { twilio } = await stage();
    const call = twilio.call();
    await call.until('answered');
    call.hangUp();
    expect(await call.ended).toEqual({ kind: 'completed', by: 'caller' });
    expect(call.complaints).toEqual([]);
  });

  it('accounts for every mark of two minutes, with silence left out and the relay interrupted', async () => {
    const { call, stream, clock, streamSid } = await connected({ silenceSuppression: 0.3 });
    for (let turn = 0; turn < 12; turn += 1) {
      for (let piece = 0; piece < 16; piece += 1) {
        stream.send(audio(streamSid, 500));
        stream.send({ event: 'mark', streamSid, mark: { name: `${turn}:${piece}` } });
      }
      await call.until('mark', { where: ({ name }) => name === `${turn}:15` });
      const isInterrupted = turn % 2 === 1;
      await clock.advance(isInterrupted ? 3_210 : 8_000);
      if (isInterrupted) {
        const { lastIndex } = call.history;
        stream.send({ event: 'clear', streamSid });
        await call.until('cleared', { after: lastIndex });
        await clock.advance(4_790);
      }
      await clock.advance(2_000);
    }
    expect(call.voiceFrames.sent + call.voiceFrames.suppressed).toBe(6_000);
    expect(call.history.all('mark_returned').map(({ name }) => name)).toEqual(
      call.history.all('mark').map(({ name }) => name),
    );
    expect(call.history.all('mark_returned').filter(({ because }) => because === 'cleared')).toHaveLength(6 * 10);
    expect(call.heardMs).toBe(6 * 8_000 + 6 * 3_210);
    expect(call.complaints).toEqual([]);
  });

  it('complains when its audio is not read', async () => {
    const { call, stream, clock } = await connected({
      tamper: (frame) => (frame.includes('"media"') ? String(frame).padEnd(400_000) : frame),
    });
    stream.socket.pause();
    for (let time = 0; time < 100 && call.complaints.length === 0; time += 1) await clock.advance(20);
    expect(call.complaints).toMatchObject([{ code: '31930' }]);
    stream.socket.resume();
  });
});

async function keepGoing(clock: { advance(ms: number): Promise<void> }, until: Promise<unknown>): Promise<void> {
  const state = { isOver: false };
  void until.then(() => (state.isOver = true));
  while (!state.isOver) await clock.advance(1);
}
