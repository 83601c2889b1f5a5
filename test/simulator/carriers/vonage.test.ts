import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { type DocumentCallOptions, signedBearer, startVonage, VirtualClock } from '../../../simulator/carriers';
import { readNcco } from '../../../simulator/carriers/vonage/ncco';
import { payloadHash } from '../../../simulator/carriers/vonage/jwt';
import { complaintCodes } from './support/complaint-codes';
import { MediaServer, type WebhookAnswer, type WebhookRequest } from './support/media-server';
import { closeAll, keep, ORIGIN } from './support/twilio';

afterEach(closeAll);

const SECRET = 'signature-secret-0123456789';
const APPLICATION = '00000000-0000-0000-0000-000000000000';
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const ENDPOINT = {
  type: 'websocket',
  uri: 'wss://relay.example.com/media/tk?x=1',
  'content-type': 'audio/l16;rate=24000',
  headers: { org_id: 'org_1', depth: { of: 1 } },
  authorization: { type: 'vonage' },
};
const CONNECT = { action: 'connect', endpoint: [ENDPOINT] };
const DIAL = { action: 'connect', from: '15550002222', endpoint: [{ type: 'phone', number: '15550003333' }] };

async function connected(
  answer: string | ((request: WebhookRequest) => WebhookAnswer) = JSON.stringify([CONNECT]),
  options: DocumentCallOptions = {},
) {
  const server = await MediaServer.start(answer);
  const clock = new VirtualClock();
  const vonage = keep(
    await startVonage({
      answerUrl: `${ORIGIN}/answer`,
      address: server.address,
      signatureSecret: SECRET,
      publicKey: keys.publicKey,
      clock,
    }),
  );
  const call = vonage.call(options);
  const stream = await server.stream();
  const hello = await stream.next({ event: 'websocket:connected' });
  await call.until('stream_opened');
  return { server, clock, vonage, call, stream, hello };
}

function applicationToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const all = { application_id: APPLICATION, iat, exp: iat + 900, jti: 'j', ...claims };
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(all)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(keys.privateKey, 'base64url')}`;
}

/** Telephony reference, section 16. */
describe('the signature of Vonage', () => {
  it('is that of the published vector', () => {
    const claims = {
      iat: 1700000000,
      jti: 'j1',
      iss: 'Vonage',
      application_id: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
      api_key: 'abcd1234',
    };
    expect(signedBearer(claims, SECRET)).toBe(
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDAsImp0aSI6ImoxIiwiaXNzIjoiVm9uYWdlIiwiYXBwbGljYXRpb25faWQiOiJhYWFhYWFhYS1iYmJiLWNjY2MtZGRkZC0wMTIzNDU2Nzg5YWIiLCJhcGlfa2V5IjoiYWJjZDEyMzQifQ.bO93FCPd2GUAxtu9HyrkhhMTDRQp545SnS4_B0V8-mY',
    );
    expect(payloadHash('{"uuid":"u1","status":"answered"}')).toBe(
      'b77d70af5528e2be2d40ccc23fe31b5031cd31bfbf7d43167e8d5efa2c22761e',
    );
  });
});

describe('an NCCO', () => {
  const spoiled = (change: object) => [{ ...CONNECT, endpoint: [{ ...ENDPOINT, ...change }] }];

  it.each<[string, unknown, string]>([
    ['has an unknown action', [{ action: 'stream' }], 'invalid_document'],
    ['has an unknown field', [{ ...CONNECT, now: true }], 'invalid_document'],
    ['has an unknown rate', spoiled({ 'content-type': 'audio/l16;rate=48000' }), 'invalid_document'],
    ['has long headers', spoiled({ headers: { a: 'x'.repeat(512) } }), 'invalid_document'],
    ['dials with a plus', [{ ...DIAL, endpoint: [{ type: 'phone', number: '+15550003333' }] }], 'invalid_document'],
    ['is none', { error: 'no' }, 'nothing'],
  ])('is complained of when it %s', (_, document, code) => {
    expect(complaintCodes(readNcco(JSON.stringify(document)))).toEqual([code]);
  });

  it('is read', () => {
    expect(complaintCodes(readNcco(JSON.stringify([CONNECT, DIAL, { action: 'talk', text: 'Bye' }])))).toEqual([]);
  });
});

describe('a call through Vonage', () => {
  it('asks with a query, and bears signed tokens to the webhook and the socket', async () => {
    const { server, call } = await connected();
    const [asked] = server.requests;
    const { searchParams } = new URL(String(asked?.url), ORIGIN);
    expect(asked?.method).toBe('GET');
    expect(Object.fromEntries(searchParams)).toMatchObject({ from: '15550001111', to: '15550002222', uuid: call.id });
    expect(server.upgrades[0]?.url).toBe('/media/tk?x=1');
    for (const { headers } of [asked, server.upgrades[0]].filter((request) => request !== undefined)) {
      const [head, payload, signature] = String(headers.authorization).replace('Bearer ', '').split('.');
      expect(signature).toBe(
        createHmac('sha256', SECRET)
          .update(`${String(head)}.${String(payload)}`)
          .digest('base64url'),
      );
    }
  });

  it('begins with its headers at the top, then speaks in binary frames of 20 ms', async () => {
    const { call, clock, stream, hello } = await connected();
    expect(hello).toEqual({
      event: 'websocket:connected',
      'content-type': 'audio/l16;rate=24000',
      org_id: 'org_1',
      depth: { of: 1 },
    });
    await clock.advance(40);
    call.press('5');
    expect(await stream.next({ event: 'websocket:dtmf' })).toMatchObject({ digit: '5' });
    expect(stream.frames.slice(1, 3)).toEqual([Buffer.alloc(960), Buffer.alloc(960)]);
  });

  it('notifies when what came before was heard, and after clear says only that it cleared', async () => {
    const { call, clock, stream } = await connected();
    const notify = (id: string) => ({ action: 'notify', payload: { id } });
    for (const message of [Buffer.alloc(960), notify('a'), Buffer.alloc(960), notify('b')]) stream.send(message);
    await call.until('mark', { where: ({ name }) => name.includes('b') });
    await clock.advance(25);
    expect(await stream.next({ event: 'websocket:notify' })).toMatchObject({ payload: { id: 'a' } });
    stream.send({ action: 'clear' });
    await stream.next({ event: 'websocket:cleared' });
    await clock.advance(100);
    expect(stream.events('websocket:notify')).toHaveLength(1);
    expect(call.heardMs).toBe(25);
    expect(call.complaints).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a frame that is too short', Buffer.alloc(640), 'frame_size'],
    ['two frames in one', Buffer.alloc(1920), 'frame_size'],
    ['an unknown action', { action: 'stop' }, 'invalid_message'],
    ['a notify without payload', { action: 'notify' }, 'invalid_message'],
    ['no JSON', 'clear', 'invalid_message'],
  ])('complains of %s', async (_, message, code) => {
    const { call, stream } = await connected();
    stream.send(message);
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code }]);
    expect(call.heard).toEqual([]);
  });

  it('queues no more than 3072 messages', async () => {
    const { call, stream } = await connected();
    for (let sent = 0; sent < 3073; sent += 1) stream.send(Buffer.alloc(960));
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: 'queue_full' }]);
    expect(call.heard).toHaveLength(3072);
  });

  it('asks what to do when the socket closes, and goes on with its NCCO if it is not told', async () => {
    const connect = { ...CONNECT, eventType: 'synchronous', eventUrl: [`${ORIGIN}/event`] };
    const answer = (event: unknown) => (request: WebhookRequest) => ({
      body: JSON.stringify(request.url.startsWith('/answer') ? [connect, DIAL] : event),
    });
    const untold = await connected(answer({}));
    untold.stream.socket.close();
    expect(await untold.call.ended).toEqual({ kind: 'transferred', to: '15550003333', by: 'document' });
    expect(JSON.parse(String(untold.server.requests[1]?.body))).toMatchObject({ status: 'disconnected' });
    const told = await connected(answer([{ action: 'talk', text: 'Bye' }]));
    told.stream.socket.close();
    expect(await told.call.ended).toEqual({ kind: 'completed', by: 'document' });
  });

  it('is hung up and transferred with an application’s token', async () => {
    const { vonage, call } = await connected();
    const change = (body: unknown, token = applicationToken()) =>
      fetch(`${vonage.apiUrl}/v1/calls/${call.id}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then(({ status }) => status);
    const hangup = { action: 'hangup' };
    expect(await change(hangup, 'a.b.c')).toBe(401);
    expect(await change(hangup, applicationToken({ exp: 1 }))).toBe(401);
    expect(await change(hangup, applicationToken({ application_id: 'other' }))).toBe(401);
    expect(await change({ action: 'mute' })).toBe(400);
    expect(await change({ action: 'transfer', destination: { type: 'ncco', ncco: [DIAL] } })).toBe(204);
    expect(await call.ended).toEqual({ kind: 'transferred', to: '15550003333', by: 'api' });
    expect(await change(hangup)).toBe(204);
    expect(call.complaints).toMatchObject([{ code: 'cut_after_transfer' }]);
    expect(await change(hangup)).toBe(404);
  });
});
