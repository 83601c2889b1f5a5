import { startSignalWire, type DocumentCarrier, twimlSignature, VirtualClock } from '../../../simulator/carriers';
import { MediaServer } from './support/media-server';
import { closeAll, keep, ORIGIN, response } from './support/twilio';

afterEach(closeAll);

const PROJECT = '00000000-0000-0000-0000-000000000000';

async function stage(streamAttributes: string) {
  const document = response(
    `<Connect><Stream url="wss://relay.example.com/x" authBearerToken="tok" ${streamAttributes}/></Connect>`,
  );
  const server = await MediaServer.start(document);
  const clock = new VirtualClock();
  const carrier = keep(
    await startSignalWire({
      answerUrl: `${ORIGIN}/voice`,
      address: server.address,
      signingKey: 'sign',
      apiToken: 'api',
      clock,
    }),
  );
  const call = carrier.call();
  const stream = await server.stream();
  const start = await stream.next({ event: 'start' });
  return { server, clock, carrier, call, stream, start, streamSid: String(start['streamSid']) };
}

function update(carrier: DocumentCarrier, callSid: string, form: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${carrier.apiUrl}/api/laml/2010-04-01/Accounts/${PROJECT}/Calls/${callSid}.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${PROJECT}:api`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
}

describe('a call through SignalWire', () => {
  it('signs webhooks with its key, and bears the token to the media socket', async () => {
    const { server } = await stage('');
    const [asked] = server.requests;
    const fields = Object.fromEntries(new URLSearchParams(asked?.body));
    expect(asked?.headers['x-signalwire-signature']).toBe(twimlSignature('sign', `${ORIGIN}/voice`, fields));
    expect(server.upgrades[0]?.headers.authorization).toBe('Bearer tok');
    expect(server.upgrades[0]?.headers['x-twilio-signature']).toBeUndefined();
  });

  it('speaks its own dialect: ids are UUIDs, media and stop do not name the stream', async () => {
    const { call, stream, clock, start, streamSid } = await stage('codec="L16@24000h"');
    expect(stream.events('connected')).toMatchObject([{ version: '0.2.0' }]);
    expect(streamSid).toMatch(/^[0-9a-f-]{36}$/);
    expect(start['start']).toMatchObject({ mediaFormat: { encoding: 'audio/x-L16', sampleRate: 24000 } });
    expect(start['start']).not.toHaveProperty('customParameters');
    await call.until('stream_opened');
    await clock.advance(20);
    const message = await stream.next({ event: 'media' });
    expect(message).not.toHaveProperty('streamSid');
    const { payload } = message['media'] as { payload: string };
    expect(Buffer.from(payload, 'base64')).toHaveLength(960);
    call.press('#');
    expect((await stream.next({ event: 'dtmf' }))['dtmf']).toEqual({ digit: '#', duration: 100 });
    call.hangUp();
    expect(await stream.next({ event: 'stop' })).not.toHaveProperty('streamSid');
  });

  it('lets the relay press keys, and refuses half a sample', async () => {
    const { call, stream, streamSid } = await stage('codec="L16@16000h"');
    stream.send({ event: 'dtmf', streamSid, dtmf: { digit: '5' } });
    expect(await call.until('keys')).toMatchObject({ digits: '5' });
    stream.send({ event: 'media', streamSid, media: { payload: Buffer.alloc(641).toString('base64') } });
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: '31951', message: expect.stringContaining('sample') as unknown }]);
  });

  it('trims bursts where low latency is asked for', async () => {
    const { call, stream, streamSid } = await stage('realtime="true"');
    stream.send({ event: 'media', streamSid, media: { payload: Buffer.alloc(800 * 8).toString('base64') } });
    stream.send({ event: 'media', streamSid, media: { payload: Buffer.alloc(800 * 8).toString('base64') } });
    await call.until('complaint');
    expect(call.queuedMs).toBe(800);
  });

  it('takes a URL for a transfer, and no document inline', async () => {
    const { carrier, call } = await stage('');
    expect((await update(carrier, call.id, { Twiml: response('<Hangup/>') })).status).toBe(400);
    expect((await update(carrier, call.id, { Status: 'completed' })).status).toBe(200);
    expect(await call.ended).toEqual({ kind: 'completed', by: 'api' });
  });
});
