import { createPublicKey, verify } from 'node:crypto';
import {
  type CallOptions,
  startTelnyx,
  type TelnyxCall,
  type TelnyxCarrier,
  TelnyxKey,
  VirtualClock,
} from '../../../simulator/carriers';
import { closeMediaServers, MediaServer, type WebhookRequest } from './support/media-server';

const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const ORIGIN = 'https://relay.example.com';

const carriers: TelnyxCarrier[] = [];

afterEach(async () => {
  await Promise.all(carriers.splice(0).map((carrier) => carrier.close()));
  await closeMediaServers();
});

const STREAM = {
  stream_url: 'wss://relay.example.com/media?token=1',
  stream_bidirectional_mode: 'rtp',
  stream_auth_token: 's3cret',
  client_state: 'eA==',
};

async function stage(options: CallOptions & { legCodec?: 'PCMA' } = {}, status = 200) {
  const server = await MediaServer.start(() => ({ status, body: '' }));
  const clock = new VirtualClock();
  const telnyx = await startTelnyx({
    webhookUrl: `${ORIGIN}/telnyx`,
    address: server.address,
    apiKey: 'KEY',
    keySeed: SEED,
    clock,
  });
  carriers.push(telnyx);
  return { server, clock, telnyx, call: telnyx.call(options) };
}

async function command(
  telnyx: TelnyxCarrier,
  call: Pick<TelnyxCall, 'id'>,
  action: string,
  body: unknown = {},
  key = 'KEY',
): Promise<{ status: number; code: string | undefined }> {
  const answer = await fetch(`${telnyx.apiUrl}/v2/calls/${call.id}/actions/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { errors } = (await answer.json()) as { errors?: { code: string }[] };
  return { status: answer.status, code: errors?.[0]?.code };
}

async function connected(
  stream: Readonly<Record<string, unknown>> = STREAM,
  options: Parameters<typeof stage>[0] = {},
) {
  const all = await stage(options);
  expect(await command(all.telnyx, all.call, 'answer', stream)).toEqual({ status: 200, code: undefined });
  const socket = await all.server.stream();
  const start = await socket.next({ event: 'start' });
  await all.call.until('stream_opened');
  return { ...all, stream: socket, start };
}

function eventOf({ body }: WebhookRequest): string {
  return (JSON.parse(body) as { data: { event_type: string } }).data.event_type;
}

const media = (ms: number) => ({ event: 'media', media: { payload: Buffer.alloc(ms * 8).toString('base64') } });

describe('the signature of Telnyx', () => {
  it('is that of the published vector', () => {
    const key = new TelnyxKey(SEED);
    expect(key.publicKey).toBe('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
    expect(key.sign(1700000000, '{"data":{"event_type":"streaming.started"}}')).toBe(
      'YJyJisLQ5PsdDXV0xVFsX3THFjN5ftO1PEVjDDeyk3MbZPBSE8M0Wonq2DrghnuYXiT6/GECyhGMgLOO/d/HCQ==',
    );
  });
});

describe('a call through Telnyx', () => {
  it('tells of what happens, signed, in webhooks', async () => {
    const { server, telnyx, call } = await connected();
    await command(telnyx, call, 'hangup');
    await call.until('stream_closed');
    await call.settled();
    expect(server.requests.map(eventOf).toSorted()).toEqual([
      'call.answered',
      'call.hangup',
      'call.initiated',
      'streaming.started',
      'streaming.stopped',
    ]);
    const [first] = server.requests;
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(telnyx.publicKey, 'base64')]),
      format: 'der',
      type: 'spki',
    });
    const signed = Buffer.from(`${String(first?.headers['telnyx-timestamp'])}|${String(first?.body)}`);
    const signature = Buffer.from(String(first?.headers['telnyx-signature-ed25519']), 'base64');
    expect(verify(null, signed, key, signature)).toBe(true);
  });

  it('tries a webhook three times', async () => {
    const { server, call } = await stage({}, 500);
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: 'webhook_failed' }]);
    expect(server.requests.map(({ body }) => (JSON.parse(body) as { meta: { attempt: number } }).meta.attempt)).toEqual(
      [1, 2, 3],
    );
  });

  it('is over when nobody answers', async () => {
    const { clock, call } = await stage();
    await clock.advance(60_000);
    expect(await call.ended).toMatchObject({ kind: 'failed', complaint: { code: 'not_answered' } });
  });

  it('speaks its own dialect, with the token and the state it was given, and keeps the query', async () => {
    const { server, call, clock, stream, start } = await connected(
      { ...STREAM, custom_parameters: [{ name: 'org_id', value: 'org_1' }] },
      { legCodec: 'PCMA' },
    );
    expect(server.upgrades[0]?.url).toBe('/media?token=1');
    expect(server.upgrades[0]?.headers['x-telnyx-streaming-auth-token']).toBe('s3cret');
    expect(start).toMatchObject({
      sequence_number: '1',
      start: {
        call_control_id: call.id,
        client_state: 'eA==',
        custom_parameters: { org_id: 'org_1' },
        media_format: { encoding: 'PCMA', sample_rate: 8000, channels: 1 },
      },
    });
    await clock.advance(20);
    const { media: voice } = await stream.next({ event: 'media' });
    expect(voice).toEqual({
      track: 'inbound',
      chunk: '1',
      timestamp: '0',
      payload: Buffer.alloc(160, 0xd5).toString('base64'),
    });
    call.press('1');
    expect(await stream.next({ event: 'dtmf' })).toMatchObject({ dtmf: { digit: '1' } });
    call.hangUp();
    expect(await stream.next({ event: 'stop' })).toMatchObject({ stop: { call_control_id: call.id } });
  });

  it('may send media out of order', async () => {
    const { clock, stream, call } = await connected(STREAM, { network: { reordered: 0.3 } });
    await clock.advance(2_000);
    call.hangUp();
    await stream.closed;
    const chunks = stream.events('media').map(({ media }) => Number((media as { chunk: string }).chunk));
    expect(chunks).not.toEqual(chunks.toSorted((a, b) => a - b));
  });

  it('plays, returns marks when they are heard, and all of them on clear', async () => {
    const { clock, stream, call } = await connected();
    for (const message of [
      media(100),
      { event: 'mark', mark: { name: 'a' } },
      media(100),
      { event: 'mark', mark: { name: 'b' } },
    ]) {
      stream.send(message);
    }
    await call.until('mark', { where: ({ name }) => name === 'b' });
    await clock.advance(100);
    expect(await stream.next({ event: 'mark' })).toMatchObject({ mark: { name: 'a' } });
    stream.send({ event: 'clear' });
    expect(await stream.next({ event: 'mark' })).toMatchObject({ mark: { name: 'b' } });
    expect(call.complaints).toEqual([]);
  });

  it.each<[string, unknown, number]>([
    ['a binary message', Buffer.alloc(160), 100003],
    ['an unknown event', { event: 'stop' }, 100003],
    ['a payload that is not base64', { event: 'media', media: { payload: '!' } }, 100004],
    ['less than 20 ms', media(10), 100004],
    ['more than 30 s', media(30_020), 100004],
  ])('refuses %s, and says so', async (_, message, code) => {
    const { stream, call } = await connected();
    stream.send(message);
    expect(await stream.next({ event: 'error' })).toMatchObject({ payload: { code } });
    expect(call.complaints).toMatchObject([{ code: String(code) }]);
    expect(call.history.all('audio')).toEqual([]);
  });

  it('does not play anything without the mode rtp', async () => {
    const { stream, call } = await connected({ stream_url: STREAM.stream_url });
    stream.send(media(20));
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: 'not_rtp' }]);
  });

  it('goes on without its stream until it is hung up', async () => {
    const { stream, call, telnyx } = await connected();
    stream.socket.close();
    await call.until('stream_closed');
    expect(call.ending).toBeUndefined();
    expect(await command(telnyx, call, 'hangup')).toMatchObject({ status: 200 });
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
    expect(await command(telnyx, call, 'hangup')).toEqual({ status: 422, code: '90018' });
  });

  it('is transferred, once per command id', async () => {
    const { call, telnyx } = await connected(STREAM, { transferOutcome: 'busy' });
    const transfer = { to: '+15550003333', command_id: 'c1' };
    expect(await command(telnyx, call, 'transfer', transfer)).toMatchObject({ status: 200 });
    expect(await command(telnyx, call, 'transfer', transfer)).toMatchObject({ status: 200 });
    expect(call.history.all('dialled')).toHaveLength(1);
    expect(call.ending).toBeUndefined();
    const other = await connected();
    await command(other.telnyx, other.call, 'transfer', transfer);
    expect(await other.call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'api' });
    await command(other.telnyx, other.call, 'hangup');
    expect(other.call.complaints).toMatchObject([{ code: 'cut_after_transfer' }]);
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown command', 'sing', {}, 422, '10015'],
    ['an unknown field', 'answer', { stream_urll: 'x' }, 422, '10015'],
    ['a codec of no kind', 'answer', { ...STREAM, stream_codec: 'MP3' }, 422, '10015'],
    ['a transfer to nobody', 'transfer', { to: 'Bob' }, 422, '10015'],
    ['a stream before the answer', 'streaming_start', STREAM, 422, 'no_second_stream'],
    ['a URL that is none', 'answer', { ...STREAM, stream_url: 'https://x' }, 422, '10015'],
  ])('refuses %s', async (_, action, body, status, code) => {
    const { call, telnyx } = await stage();
    expect(await command(telnyx, call, action, body)).toEqual({ status, code });
  });

  it('refuses a wrong key, an unknown call, a second answer', async () => {
    const { call, telnyx } = await stage();
    expect(await command(telnyx, call, 'answer', {}, 'other')).toEqual({ status: 401, code: '10009' });
    expect(await command(telnyx, { id: 'v3:x' }, 'answer')).toEqual({ status: 404, code: '10005' });
    expect(await command(telnyx, call, 'answer')).toMatchObject({ status: 200 });
    expect(await command(telnyx, call, 'answer')).toMatchObject({ status: 422 });
  });
});
