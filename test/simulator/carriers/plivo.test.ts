import { type DocumentCallOptions, startPlivo, VirtualClock } from '../../../simulator/carriers';
import { readPlivoXml } from '../../../simulator/carriers/plivo/document';
import { plivoSignature } from '../../../simulator/carriers/plivo/signature';
import { complaintCodes } from './support/complaint-codes';
import { MediaServer, type WebhookAnswer, type WebhookRequest } from './support/media-server';
import { closeAll, keep, ORIGIN, response } from './support/twilio';

afterEach(closeAll);

const TOKEN = 'plivo-auth-token-0123456789abcdef';
const ACCOUNT = `MA${'0'.repeat(18)}`;

function streamXml(attributes = 'contentType="audio/x-mulaw;rate=8000" extraHeaders="orgId=org1,callRef=abc"'): string {
  return `<Stream bidirectional="true" keepCallAlive="true" ${attributes}>wss://relay.example.com/media/tk</Stream>`;
}

async function connected(
  answer: string | ((request: WebhookRequest) => WebhookAnswer) = response(streamXml()),
  options: DocumentCallOptions = {},
) {
  const server = await MediaServer.start(answer);
  const clock = new VirtualClock();
  const plivo = keep(
    await startPlivo({ answerUrl: `${ORIGIN}/answer`, address: server.address, authToken: TOKEN, clock }),
  );
  const call = plivo.call(options);
  const stream = await server.stream();
  const start = await stream.next({ event: 'start' });
  await call.until('stream_opened');
  const { streamId } = start['start'] as { streamId: string };
  return { server, clock, plivo, call, stream, start, streamId };
}

/** Telephony reference, section 16: each made with the vendor's own helper. */
describe('the signature of Plivo', () => {
  const nonce = '12345678901234567890';
  const fields = { From: '15550001111', CallUUID: 'u1' };

  it.each([
    ['wss://relay.example.com/telephony/plivo', 'p050p4+K2azb23e2pi+JlRcFCaPh3vYih5qIMDxAwyQ='],
    ['https://relay.example.com/telephony/plivo', 'qJ2bXn8FlyykQesSG3sXIsG30/gplW2A+e4S6fx6ccc='],
    ['https://relay.example.com/telephony/plivo?a=1&b=2', '4WRiYUMsTYtbu/4+5CXpMt7V1uHVfgnNuybEbxG9cSI='],
    ['https://relay.example.com/telephony/plivo?b=2&a=1', '4WRiYUMsTYtbu/4+5CXpMt7V1uHVfgnNuybEbxG9cSI='],
  ])('of GET %s', (url, signature) => {
    expect(plivoSignature(TOKEN, { method: 'GET', url: new URL(url), nonce })).toBe(signature);
  });

  it.each([
    ['https://relay.example.com/answer', 'g5fSsYSbE3doRoHCsivGJ2RqvTzZamyNXsADFrKL7gA='],
    ['https://relay.example.com/answer?a=1', 'qTIre6nOPX05QUx4GS2JU/rs+914m//Z6IYnwP5dgAE='],
  ])('of a form to %s', (url, signature) => {
    expect(plivoSignature(TOKEN, { method: 'POST', url: new URL(url), fields, nonce })).toBe(signature);
  });
});

describe('a Plivo document', () => {
  it.each([
    ['is not well-formed', '<Response>', 'invalid_xml'],
    ['has an unknown element', response('<Connect/>'), 'invalid_xml'],
    ['has an unknown attribute', response('<Hangup now="1"/>'), 'invalid_xml'],
    ['streams one way', response('<Stream>wss://x</Stream>'), 'one_way'],
    ['leaves the content type to chance', response(streamXml('')), 'content_type'],
    [
      'lets the call end under the stream',
      response('<Stream bidirectional="true" contentType="audio/x-mulaw;rate=8000">wss://x</Stream>'),
      'not_kept_alive',
    ],
    [
      'has underscores in its extra headers',
      response(streamXml('contentType="audio/x-l16;rate=8000" extraHeaders="org_id=1"')),
      'extra_headers',
    ],
    ['dials nobody', response('<Dial/>'), 'invalid_xml'],
  ])('is complained of when it %s', (_, document, code) => {
    expect(complaintCodes(readPlivoXml(document))).toEqual([code]);
  });
});

describe('a call through Plivo', () => {
  it('signs its webhook and its media socket', async () => {
    const { server } = await connected();
    const [asked] = server.requests;
    const fields = Object.fromEntries(new URLSearchParams(asked?.body));
    expect(fields).toMatchObject({ From: '15550001111', To: '15550002222', CallStatus: 'ringing' });
    const nonce = String(asked?.headers['x-plivo-signature-v3-nonce']);
    expect(asked?.headers['x-plivo-signature-v3']).toBe(
      plivoSignature(TOKEN, { method: 'POST', url: new URL(`${ORIGIN}/answer`), fields, nonce }),
    );
    const upgrade = server.upgrades[0]?.headers;
    expect(upgrade?.['x-plivo-signature-v3']).toBe(
      plivoSignature(TOKEN, {
        method: 'GET',
        url: new URL('https://relay.example.com/media/tk'),
        nonce: String(upgrade?.['x-plivo-signature-v3-nonce']),
      }),
    );
  });

  it('speaks its own dialect: numbers where Twilio has strings, extra headers in every message', async () => {
    const { call, clock, stream, start, streamId } = await connected();
    expect(start).toMatchObject({
      sequenceNumber: 1,
      start: { callId: call.id, accountId: ACCOUNT, mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 } },
      extra_headers: 'orgId=org1;callRef=abc',
    });
    await clock.advance(40);
    await stream.next({ event: 'media' });
    const media = await stream.next({ event: 'media' });
    expect(media).toMatchObject({ streamId, media: { chunk: 2 }, extra_headers: 'orgId=org1;callRef=abc' });
    call.press('*');
    expect(await stream.next({ event: 'dtmf' })).toMatchObject({ dtmf: { digit: '*' } });
  });

  it('returns checkpoints when they are heard, and on clear says only that it cleared', async () => {
    const { call, clock, stream, streamId } = await connected();
    const play = {
      event: 'playAudio',
      media: { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: Buffer.alloc(1600).toString('base64') },
    };
    stream.send(play);
    stream.send({ event: 'checkpoint', streamId, name: 'a' });
    stream.send(play);
    stream.send({ event: 'checkpoint', streamId, name: 'b' });
    await call.until('mark', { where: ({ name }) => name === 'b' });
    await clock.advance(250);
    expect(await stream.next({ event: 'playedStream' })).toMatchObject({ streamId, name: 'a' });
    stream.send({ event: 'clearAudio', streamId });
    await stream.next({ event: 'clearedAudio' });
    await clock.advance(500);
    expect(stream.events('playedStream')).toHaveLength(1);
    expect(call.history.all('marks_dropped')).toMatchObject([{ names: ['b'] }]);
    stream.send({ event: 'sendDTMF', dtmf: '5' });
    expect(await call.until('keys')).toMatchObject({ digits: '5' });
    expect(call.complaints).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a binary message', Buffer.alloc(160)],
    [
      'another content type',
      { event: 'playAudio', media: { contentType: 'audio/x-l16', sampleRate: 8000, payload: 'AAAA' } },
    ],
    [
      'another rate',
      { event: 'playAudio', media: { contentType: 'audio/x-mulaw', sampleRate: 16000, payload: 'AAAA' } },
    ],
    [
      'a rate in the content type',
      { event: 'playAudio', media: { contentType: 'audio/x-mulaw;rate=8000', sampleRate: 8000, payload: 'AAAA' } },
    ],
    ['another stream', { event: 'clearAudio', streamId: 'x' }],
    ['an unknown event', { event: 'media', media: { payload: 'AAAA' } }],
  ])('complains of %s', async (_, message) => {
    const { call, stream } = await connected();
    stream.send(message);
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: 'invalid_event' }]);
    expect(call.history.all('audio')).toEqual([]);
  });

  it('is hung up and transferred by its HTTP interface', async () => {
    const documents: Record<string, string> = {
      '/answer': response(streamXml()),
      '/transfer': response('<Dial><Number>15550003333</Number></Dial>'),
    };
    const { plivo, call } = await connected(({ url }) => ({ body: documents[url] ?? '' }));
    const change = (method: string, body?: unknown, password = TOKEN) =>
      fetch(`${plivo.apiUrl}/v1/Account/${ACCOUNT}/Call/${call.id}/`, {
        method,
        headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT}:${password}`).toString('base64')}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).then(({ status }) => status);
    expect(await change('DELETE', undefined, 'wrong')).toBe(401);
    expect(await change('POST', { legs: 'both' })).toBe(400);
    expect(await change('POST', { legs: 'aleg', aleg_url: `${ORIGIN}/transfer`, aleg_method: 'POST' })).toBe(202);
    expect(await call.ended).toEqual({ kind: 'transferred', to: '15550003333', by: 'api' });
    expect(await change('DELETE')).toBe(204);
    expect(call.complaints).toMatchObject([{ code: 'cut_after_transfer' }]);
    expect(await change('DELETE')).toBe(404);
  });
});
