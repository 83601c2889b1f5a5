import {
  type AsteriskCallOptions,
  type AsteriskCarrier,
  type AsteriskOptions,
  startAsterisk,
  VirtualClock,
} from '../../../simulator/carriers';
import { closeMediaServers, MediaServer } from './support/media-server';

const carriers: AsteriskCarrier[] = [];

afterEach(async () => {
  await Promise.all(carriers.splice(0).map((carrier) => carrier.close()));
  await closeMediaServers();
});

async function stage(options: Partial<AsteriskOptions> = {}) {
  const server = await MediaServer.start('');
  const clock = new VirtualClock();
  const asterisk = await startAsterisk({
    uri: 'wss://relay.example.com/telephony/asterisk/media',
    address: server.address,
    username: 'gw',
    password: 'secret',
    clock,
    ...options,
  });
  carriers.push(asterisk);
  return { server, clock, asterisk };
}

async function connected(options: Partial<AsteriskOptions> = {}, callOptions?: AsteriskCallOptions) {
  const all = await stage(options);
  const call = all.asterisk.call(callOptions);
  const stream = await all.server.stream();
  await call.until('stream_opened');
  return { ...all, call, stream };
}

const mark = (id: string) => ({ command: 'MARK_MEDIA', correlation_id: id });

describe('a call through Asterisk', () => {
  it('connects with credentials, variables and the subprotocol, and begins with MEDIA_START', async () => {
    const { server, call, clock, stream } = await connected();
    expect(server.upgrades[0]?.url).toBe(`/telephony/asterisk/media?called=%2B15550002222&call=${call.id}`);
    expect(server.upgrades[0]?.headers).toMatchObject({
      authorization: 'Basic Z3c6c2VjcmV0',
      'sec-websocket-protocol': 'media',
    });
    expect(await stream.next({ event: 'MEDIA_START' })).toMatchObject({
      format: 'ulaw',
      optimal_frame_size: 160,
      ptime: 20,
    });
    await clock.advance(20);
    call.press('5');
    expect(await stream.next({ event: 'DTMF_END' })).toMatchObject({ digit: '5' });
    expect(stream.frames[1]).toEqual(Buffer.alloc(160, 0xff));
  });

  it('can speak plain text', async () => {
    const { call, stream } = await connected({ control: 'plain-text', codec: 'slin24' });
    stream.send('MARK_MEDIA m1');
    await call.until('mark_returned');
    stream.send('GET_STATUS');
    stream.send('{"command":"HANGUP"}');
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: 'invalid_command' }]);
    stream.send('HANGUP');
    await stream.closed;
    expect(String(stream.frames[0])).toMatch(
      /^MEDIA_START connection_id:\S+ .*format:slin24 optimal_frame_size:960 ptime:20$/,
    );
    expect(String(stream.frames[1])).toMatch(/^MEDIA_MARK_PROCESSED channel_id:\S+ correlation_id:m1$/);
    expect(String(stream.frames[2])).toMatch(/^STATUS .*queue_length:0/);
  });

  it('drops marks without a word when it is flushed, and returns one sent after that', async () => {
    const { call, clock, stream } = await connected();
    for (const message of [Buffer.alloc(1600), mark('a'), Buffer.alloc(1600), mark('b')]) stream.send(message);
    await call.until('mark', { where: ({ name }) => name.endsWith('b') });
    await clock.advance(250);
    expect(await stream.next({ event: 'MEDIA_MARK_PROCESSED' })).toMatchObject({ correlation_id: 'a' });
    stream.send({ command: 'FLUSH_MEDIA' });
    stream.send(mark('fence'));
    expect(await stream.next({ event: 'MEDIA_MARK_PROCESSED' })).toMatchObject({ correlation_id: 'fence' });
    expect(call.history.all('marks_dropped')).toHaveLength(1);
    expect(call.complaints).toEqual([]);
  });

  it('reframes while it buffers, fills up the tail, and tells when that was played', async () => {
    const { call, clock, stream } = await connected();
    stream.send({ command: 'START_MEDIA_BUFFERING' });
    for (let sent = 0; sent < 3; sent += 1) stream.send(Buffer.alloc(100));
    stream.send({ command: 'STOP_MEDIA_BUFFERING', correlation_id: 'b1' });
    stream.send({ command: 'REPORT_QUEUE_DRAINED' });
    await call.until('mark', { where: ({ name }) => name === 'QUEUE_DRAINED' });
    expect(call.queuedMs).toBe(40);
    await clock.advance(40);
    expect(await stream.next({ event: 'MEDIA_BUFFERING_COMPLETED' })).toMatchObject({ correlation_id: 'b1' });
    await stream.next({ event: 'QUEUE_DRAINED' });
    expect(call.complaints).toEqual([]);
  });

  it('asks for a pause when its queue is long, and for more when it is shorter', async () => {
    const { call, clock, stream } = await connected();
    stream.send(Buffer.alloc(160 * 400));
    stream.send(Buffer.alloc(160 * 400));
    stream.send(Buffer.alloc(160 * 100));
    await stream.next({ event: 'MEDIA_XOFF' });
    stream.send(Buffer.alloc(160 * 101));
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: 'queue_full' }]);
    await clock.advance(2_040);
    await stream.next({ event: 'MEDIA_XON' });
  });

  it.each<[string, unknown, string]>([
    ['a long command', mark('x'.repeat(100)), 'command_too_long'],
    ['an unknown command', { command: 'mark_media' }, 'invalid_command'],
    ['an unknown member', { command: 'FLUSH_MEDIA', now: true }, 'invalid_command'],
    ['half a frame', Buffer.alloc(80), 'partial_frame'],
    ['an end of buffering without a beginning', { command: 'STOP_MEDIA_BUFFERING' }, 'not_buffering'],
  ])('complains of %s', async (_, message, code) => {
    const { call, stream } = await connected();
    stream.send(message);
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code }]);
    expect(call.ending).toBeUndefined();
  });

  it('ends with a message that is too big', async () => {
    const { call, stream } = await connected();
    stream.send(Buffer.alloc(160 * 500));
    await call.ended;
    expect(call.complaints).toMatchObject([{ code: 'message_too_big' }]);
  });

  it('goes on in the dialplan when the relay hangs up, which may transfer it', async () => {
    const plain = await connected();
    plain.stream.socket.close();
    expect(await plain.call.ended).toEqual({ kind: 'completed', by: 'relay' });
    const { call, stream, asterisk } = await connected();
    const ari = (method: string, path: string, password = 'secret') =>
      fetch(`${asterisk.apiUrl}/ari/${path}`, {
        method,
        headers: { authorization: `Basic ${Buffer.from(`ari:${password}`).toString('base64')}` },
      }).then(({ status }) => status);
    const share = (channel: string) =>
      `asterisk/variable?variable=SHARED(RELAY_TRANSFER_TO,${channel})&value=%2B15550003333`;
    expect(await ari('POST', share(call.id), 'wrong')).toBe(401);
    expect(await ari('POST', `channels/${call.id}/redirect?endpoint=PJSIP/x`)).toBe(409);
    expect(await ari('POST', `channels/${call.id}/variable?variable=RELAY_TRANSFER_TO&value=1`)).toBe(409);
    expect(await ari('POST', 'asterisk/variable')).toBe(400);
    expect(await ari('DELETE', 'channels/other')).toBe(404);
    expect(await ari('POST', share('other'))).toBe(204);
    expect(await ari('POST', share(call.id))).toBe(204);
    stream.send({ command: 'HANGUP' });
    expect(await call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'document' });
    expect(await ari('DELETE', `channels/${call.id}`)).toBe(404);
  });

  it('is hung up by ARI', async () => {
    const { call, asterisk, stream } = await connected();
    const { status } = await fetch(`${asterisk.apiUrl}/ari/channels/${call.id}`, {
      method: 'DELETE',
      headers: { authorization: `Basic ${Buffer.from('ari:secret').toString('base64')}` },
    });
    expect(status).toBe(204);
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
    await stream.closed;
  });

  it('tries four times to connect', async () => {
    const { server, clock, asterisk } = await stage();
    server.refuseWith = 403;
    const call = asterisk.call();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await call.until('complaint', { where: () => call.complaints.length > attempt });
      await clock.advance(500);
    }
    expect(await call.ended).toMatchObject({ kind: 'failed', complaint: { code: 'unreachable' } });
    expect(server.upgrades).toHaveLength(4);
  });
});
