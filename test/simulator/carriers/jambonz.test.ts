import { jambonzSignature, startJambonz, VirtualClock } from '../../../simulator/carriers';
import { readVerbs } from '../../../simulator/carriers/jambonz/verbs';
import { complaintCodes } from './support/complaint-codes';
import { MediaServer, type WebhookAnswer, type WebhookRequest } from './support/media-server';
import { closeAll, keep, ORIGIN } from './support/twilio';

afterEach(closeAll);

const ACCOUNT = '00000000-0000-0000-0000-000000000000';

const LISTEN = {
  verb: 'listen',
  url: 'wss://relay.example.com/media',
  actionHook: '/after',
  wsAuth: { username: 'gw', password: 'secret' },
  sampleRate: 16000,
  passDtmf: true,
  metadata: { org_id: 'org_1' },
  bidirectionalAudio: { enabled: true, streaming: true, sampleRate: 24000 },
};
const DIAL = { verb: 'dial', target: [{ type: 'phone', number: '+15550003333' }] };

/** The answer to a webhook. */
const verbs = (...list: object[]): WebhookAnswer => ({
  contentType: 'application/json',
  body: JSON.stringify(list),
});

/** Answers that stream a call, and connect it with somebody when the stream is over. */
const listenThenDial = ({ url }: WebhookRequest) => verbs(url === '/call' ? LISTEN : DIAL);

async function connected(answer: (request: WebhookRequest) => WebhookAnswer = () => verbs(LISTEN)) {
  const server = await MediaServer.start(answer);
  const clock = new VirtualClock();
  const jambonz = keep(
    await startJambonz({ answerUrl: `${ORIGIN}/call`, address: server.address, apiKey: 'key', clock }),
  );
  const call = jambonz.call();
  const stream = await server.stream();
  const metadata = await stream.next({ callSid: call.id });
  await call.until('stream_opened');
  return { server, clock, jambonz, call, stream, metadata };
}

describe('the verbs of jambonz', () => {
  it.each<[string, unknown, string[]]>([
    ['are read', [LISTEN, DIAL, { verb: 'sip:refer', referTo: 'sip:a@b' }, { verb: 'hangup' }], []],
    ['dial a SIP address', [{ verb: 'dial', target: [{ type: 'sip', sipUri: 'sip:desk@example.com' }] }], []],
    [
      'dial a number as an address',
      [{ verb: 'dial', target: [{ type: 'sip', number: '+1555' }] }],
      ['invalid_document'],
    ],
    ['have an unknown verb', [{ verb: 'sing' }], ['invalid_document']],
    ['have an unknown property', [{ ...LISTEN, streaming: true }], ['invalid_document']],
    ['have a rate that does not exist', [{ ...LISTEN, sampleRate: 44100 }], ['invalid_document']],
    ['are none', {}, ['nothing']],
  ])('%s', (_, document, codes) => {
    expect(complaintCodes(readVerbs(JSON.stringify(document)))).toEqual(codes);
  });
});

describe('a call through jambonz', () => {
  it('opens the socket with its subprotocol and credentials, and begins with the metadata', async () => {
    const { server, metadata } = await connected();
    expect(server.upgrades[0]?.headers).toMatchObject({
      'sec-websocket-protocol': 'audio.drachtio.org',
      authorization: 'Basic Z3c6c2VjcmV0',
    });
    expect(metadata).toMatchObject({ direction: 'inbound', sampleRate: 16000, org_id: 'org_1', from: '+15550001111' });
  });

  it('signs its webhooks, and sends the request that rang with the first alone', async () => {
    const { server, call, stream } = await connected(listenThenDial);
    stream.send({ type: 'disconnect' });
    await call.ended;
    expect(server.requests.map(({ url, body }) => [url, 'sip' in (JSON.parse(body) as object)])).toEqual([
      ['/call', true],
      ['/after', false],
    ]);
    for (const { headers, body } of server.requests) {
      const signature = String(headers['jambonz-signature']);
      expect(signature).toBe(jambonzSignature('wh_secret', Number(/^t=(\d+),/.exec(signature)?.[1]), body));
    }
  });

  it('sends no credentials for which its media server has no room', async () => {
    const wsAuth = { username: 'gw', password: 'x'.repeat(88) };
    const { server } = await connected(() => verbs({ ...LISTEN, wsAuth }));
    expect(server.upgrades[0]?.headers).not.toHaveProperty('authorization');
  });

  it('takes an answer for none that is no JSON', async () => {
    const server = await MediaServer.start(() => ({ ...verbs(LISTEN), contentType: 'text/plain' }));
    const carrier = await startJambonz({ answerUrl: `${ORIGIN}/call`, address: server.address, apiKey: 'key' });
    expect(await keep(carrier).call().ended).toMatchObject({ complaint: { code: 'wrong_content_type' } });
  });

  it('speaks in binary, plays binary at its own rate, and tells of keys', async () => {
    const { call, clock, stream } = await connected();
    await clock.advance(20);
    call.press('5');
    expect(await stream.next({ event: 'dtmf' })).toEqual({ event: 'dtmf', dtmf: '5', duration: '1600' });
    expect(stream.frames[1]).toEqual(Buffer.alloc(640));
    stream.send(Buffer.alloc(48 * 100));
    expect(await call.until('audio')).toMatchObject({ lengthMs: 100 });
  });

  it('returns marks as played out, or as cleared', async () => {
    const { call, clock, stream } = await connected();
    const mark = (name: string) => ({ type: 'mark', data: { name } });
    for (const message of [Buffer.alloc(4800), mark('a'), Buffer.alloc(4800), mark('b')]) stream.send(message);
    await call.until('mark', { where: ({ name }) => name === 'b' });
    await clock.advance(150);
    expect(await stream.next({ type: 'mark' })).toEqual({ type: 'mark', data: { name: 'a', event: 'playout' } });
    stream.send({ type: 'killAudio' });
    expect(await stream.next({ type: 'mark' })).toEqual({ type: 'mark', data: { name: 'b', event: 'cleared' } });
    expect(call.complaints).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['half a sample', Buffer.alloc(961), 'invalid_audio'],
    ['an unknown message', { type: 'pause' }, 'invalid_message'],
    ['a mark without name', { type: 'mark', data: {} }, 'invalid_message'],
  ])('complains of %s', async (_, message, code) => {
    const { call, stream } = await connected();
    stream.send(message);
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code }]);
  });

  it('takes neither marks nor binary audio without streaming', async () => {
    const { call, stream } = await connected(() => verbs({ ...LISTEN, bidirectionalAudio: { enabled: true } }));
    stream.send(Buffer.alloc(960));
    stream.send({ type: 'mark', data: { name: 'a' } });
    await call.until('complaint', { after: (await call.until('complaint')).index });
    expect(call.complaints.map(({ code }) => code)).toEqual(['not_streaming', 'not_streaming']);
  });

  it('asks its action hook what is next when the relay disconnects', async () => {
    const { call, stream } = await connected(listenThenDial);
    stream.send({ type: 'disconnect' });
    expect(await stream.closed).toBe(1000);
    expect(await call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'document' });
  });

  it('is hung up and transferred by its HTTP interface', async () => {
    const { jambonz, call } = await connected(listenThenDial);
    const change = (method: string, body?: unknown, key = 'key') =>
      fetch(`${jambonz.apiUrl}/v1/Accounts/${ACCOUNT}/Calls/${call.id}`, {
        method,
        headers: { authorization: `Bearer ${key}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).then(({ status }) => status);
    expect(await change('DELETE', undefined, 'other')).toBe(401);
    expect(await change('PUT', { call_status: 'busy' })).toBe(400);
    expect(await change('PUT', { call_hook: { url: `${ORIGIN}/transfer`, method: 'POST' } })).toBe(202);
    expect(await call.ended).toEqual({ kind: 'transferred', to: '+15550003333', by: 'api' });
    expect(await change('DELETE')).toBe(202);
    expect(await change('DELETE')).toBe(422);
  });
});
