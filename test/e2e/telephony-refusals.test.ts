import { once } from 'node:events';
import { type WebSocket } from 'ws';
import { endings, type EndCause } from '../../relay';
import { createMediaTokens } from '../../src/telephony/media-token';
import { Closing } from '../pipeline/support/closing';
import { hangUp } from './support/house';
import { linesOf, openPhoneHouse, phone, type PhoneHouse, publicUrl } from './support/phone-house';
import { askAbout, connectIn, notice, openMedia, refusalOf } from './support/phone-requests';
import { metricReaches } from '../hostile/support/metrics';

const opened = new Closing();
afterEach(() => opened.all());

const tokenSecret = 'a-token-secret-of-32-characters-or-more';

/** As short as they can be: to put them into an order takes long. */
const thousandsOfFields = Object.fromEntries(
  Array.from({ length: 10_000 }, (_none, index) => [index.toString(36), '']),
);

describe('a webhook', () => {
  it.each([
    ['that nobody signed', { key: null }, 403, 'wrong_signature'],
    ['with a wrong signature', { key: 'another' }, 403, 'wrong_signature'],
    ['of another account', { fields: { AccountSid: `AC${'9'.repeat(32)}` } }, 403, 'wrong_signature'],
    ['without a call', { fields: { CallSid: '' } }, 403, 'wrong_signature'],
    ['about a number nobody has', { fields: { To: '+15559999999' } }, 404, 'unknown_number'],
    ['of a carrier nobody has', { path: '/telephony/other/voice' }, 404, 'not_found'],
    ['that is too long', { fields: { More: 'x'.repeat(65_536) } }, 413, 'body_too_large'],
    ['with thousands of fields', { fields: thousandsOfFields }, 403, 'wrong_signature'],
  ])('%s is refused, and no session is opened', async (_what, parts, status, code) => {
    const house = await openPhoneHouse(opened);
    const answer = await askAbout(house.relay.url, parts);
    expect(answer).toMatchObject({ status });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } });
    expect(house.relay.sessionCount()).toBe(0);
    if (status === 403 || code === 'unknown_number') {
      expect(linesOf(house, 'Webhook of a call refused')).toMatchObject([{ carrier: 'twilio', code, level: 'warn' }]);
    }
  });

  it('without a body, or with one that is no form, is refused', async () => {
    const { relay } = await openPhoneHouse(opened);
    const url = `${relay.url}/telephony/twilio/voice`;
    const requests = [{}, { body: '{}', headers: { 'content-type': 'application/json' } }, { body: Buffer.alloc(9) }];
    for (const request of requests) expect((await fetch(url, { method: 'POST', ...request })).status).toBe(403);
  });

  it('may be signed with either token while one takes the place of the other', async () => {
    const { relay } = await openPhoneHouse(opened, { line: { authToken: ['the-new-token-123', phone.authToken] } });
    for (const key of ['the-new-token-123', phone.authToken]) {
      expect(await askAbout(relay.url, { key })).toMatchObject({ status: 200, type: 'text/xml; charset=utf-8' });
    }
  });

  it.each(['completed', 'busy', 'no-answer'])(
    'that only tells that a call is %s asks for nothing',
    async (CallStatus) => {
      const { relay } = await openPhoneHouse(opened);
      expect(await askAbout(relay.url, { fields: { CallStatus } })).toMatchObject({ status: 204, body: '' });
      expect(relay.sessionCount()).toBe(0);
    },
  );

  it('that comes again for the same call opens no second session', async () => {
    const { relay } = await openPhoneHouse(opened);
    const streams = [await askAbout(relay.url), await askAbout(relay.url)].map(({ body }) => connectIn(body));
    expect(new Set(streams).size).toBe(2);
    expect(relay.sessionCount()).toBe(1);
  });

  it('is answered with a kind word when the org has as many sessions as it may', async () => {
    const house = await openPhoneHouse(opened, { limits: { sessionsPerOrg: 1 } });
    connectIn((await askAbout(house.relay.url)).body);
    const answer = await askAbout(house.relay.url, { fields: { CallSid: 'CA2' } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/<Say>[^<]+<\/Say><Hangup\/><\/Response>$/);
    expect(linesOf(house, 'Call turned away')).toMatchObject([{ code: 'too_many_sessions', phoneCallId: 'CA2' }]);
    await metricReaches(house.relay, 'relay_refused_total{code="too_many_sessions"}', 1);
  });
});

/** A relay that was asked about a call, and where that is to be streamed to. */
async function announced(parts: Parameters<typeof openPhoneHouse>[1] = {}) {
  const house = await openPhoneHouse(opened, parts);
  return { house, streamUrl: connectIn((await askAbout(house.relay.url)).body) };
}

const open = ({ relay }: PhoneHouse, streamUrl: string, key?: string | null) =>
  opened.add(openMedia(relay.url, streamUrl, key), hangUp);

describe('a media socket', () => {
  it.each([
    ['that nobody signed', null],
    ['with a wrong signature', 'another'],
  ])('%s is refused before it opens, and spoils nothing', async (_what, key) => {
    const { house, streamUrl } = await announced();
    expect(await refusalOf(open(house, streamUrl, key))).toEqual({ status: 403, code: 'wrong_signature' });
    expect(linesOf(house, 'Media stream refused')).toMatchObject([{ carrier: 'twilio', code: 'wrong_signature' }]);
    await once(open(house, streamUrl), 'open');
  });

  it('is opened once', async () => {
    const { house, streamUrl } = await announced();
    await once(open(house, streamUrl), 'open');
    expect(await refusalOf(open(house, streamUrl))).toEqual({ status: 403, code: 'media_token_used' });
  });

  it.each([
    ['expired', () => createMediaTokens(tokenSecret, () => Date.now() - 120_000), 'twilio', 'media_token_expired'],
    ['made by somebody else', () => createMediaTokens('x'.repeat(32)), 'twilio', 'invalid_media_token'],
    ['of an org that there is not', () => createMediaTokens(tokenSecret), 'nobody', 'invalid_media_token'],
    ['of another carrier', () => createMediaTokens(tokenSecret), 'signalwire', 'invalid_media_token'],
  ])('is refused whose token is %s', async (_what, tokens, other, code) => {
    const house = await openPhoneHouse(opened);
    const carrier = other === 'signalwire' ? other : 'twilio';
    const orgId = other === 'nobody' ? other : 'org_demo_001';
    const token = await tokens().mint({ carrier, orgId, callId: 'CA1' }, 60_000);
    const socket = open(house, `${publicUrl.replace('https', 'wss')}/telephony/twilio/media/${token}`);
    expect(await refusalOf(socket)).toEqual({ status: 403, code });
    expect(house.relay.sessionCount()).toBe(0);
  });

  it('is let in by another process than the one that was asked, which shares the secret', async () => {
    const house = await openPhoneHouse(opened);
    const token = await createMediaTokens(tokenSecret).mint(
      { carrier: 'twilio', orgId: 'org_demo_001', callId: notice.CallSid },
      60_000,
    );
    const socket = open(house, `${publicUrl.replace('https', 'wss')}/telephony/twilio/media/${token}`);
    await once(socket, 'open');
    socket.send(JSON.stringify(start()));
    // The greeting is asked for as soon as the call is connected.
    await once(socket, 'message');
    expect(linesOf(house, 'Call connected')).toMatchObject([{ phoneCallId: notice.CallSid }]);
  });

  it('is let in also after the session that waited for it has ended, and gets another', async () => {
    const { house, streamUrl } = await announced({ limits: { carrierStartMs: 100 } });
    await metricReaches(house.relay, 'relay_calls_ended_total{carrier="twilio",cause="carrier_no_start"}', 1);
    const socket = open(house, streamUrl);
    await once(socket, 'open');
    socket.send(JSON.stringify(start()));
    await once(socket, 'message');
    expect(house.relay.sessionCount()).toBe(1);
  });

  it('is refused while the org has as many sessions as it may, and nobody has held a place for it lately', async () => {
    const house = await openPhoneHouse(opened, { limits: { sessionsPerOrg: 1 } });
    connectIn((await askAbout(house.relay.url)).body);
    const claim = { carrier: 'twilio', orgId: 'org_demo_001', callId: 'CA2' };
    const earlier = () => Date.now() - 30_000;
    const token = await createMediaTokens(tokenSecret, earlier).mint(claim, 60_000);
    const socket = open(house, `${publicUrl.replace('https', 'wss')}/telephony/twilio/media/${token}`);
    expect(await refusalOf(socket)).toEqual({ status: 429, code: 'too_many_sessions' });
  });
});

const mulaw = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
const start = (callSid: string = notice.CallSid, mediaFormat: object = mulaw) => ({
  event: 'start',
  sequenceNumber: '1',
  start: { accountSid: phone.accountSid, streamSid: 'MZ1', callSid, tracks: ['inbound'], mediaFormat },
  streamSid: 'MZ1',
});
const media = (timestamp: string, payload = Buffer.alloc(160, 0xff).toString('base64')) => ({
  event: 'media',
  media: { track: 'inbound', chunk: '1', timestamp, payload },
  streamSid: 'MZ1',
});

describe('a stream ends by name', () => {
  it.each<[EndCause, string, readonly unknown[]]>([
    ['carrier_no_start', 'without a start', []],
    ['carrier_unknown_call', 'of another call', [start('CA2')]],
    ['carrier_frame_before_start', 'with audio before its start', [media('0')]],
    ['carrier_second_start', 'that starts twice', [start(), start()]],
    ['carrier_wrong_codec', 'in another codec', [start(undefined, { ...mulaw, encoding: 'audio/x-L16' })]],
    ['carrier_wrong_codec', 'at another rate', [start(undefined, { ...mulaw, sampleRate: 16000 })]],
    ['carrier_impossible_timestamp', 'from the future', [start(), media('0'), media('3600000')]],
    ['carrier_invalid_frame', 'with a message that cannot be read', ['{']],
    ['message_too_large', 'with a message that is too long', [start(), 'x'.repeat(70_000)]],
  ])('%s: one %s', async (cause, _what, messages) => {
    const { house, streamUrl } = await announced({ limits: { carrierStartMs: 300 } });
    const socket = open(house, streamUrl);
    await once(socket, 'open');
    for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect(code).toBe(endings[cause].closeCode);
    if (cause !== 'message_too_large') expect(reason.toString()).toBe(cause);
    expect(linesOf(house, 'Session ended')).toMatchObject([{ cause, carrier: 'twilio', phoneCallId: notice.CallSid }]);
    await metricReaches(house.relay, `relay_calls_ended_total{carrier="twilio",cause="${cause}"}`, 1);
    expect(house.carrier.rest.requests).toEqual([]);
  });

  it('and so does a call whose stream never comes', async () => {
    const { house } = await announced({ limits: { carrierStartMs: 100 } });
    await metricReaches(house.relay, 'relay_calls_ended_total{carrier="twilio",cause="carrier_no_start"}', 1);
    expect(house.relay.sessionCount()).toBe(0);
  });
});

it('who has no phone number has nothing at the addresses of telephony', async () => {
  const house = await openPhoneHouse(opened, { org: { telephony: undefined } });
  expect((await askAbout(house.relay.url)).status).toBe(404);
  const socket: WebSocket = open(house, 'wss://relay.example.com/telephony/twilio/media/tk_1');
  expect(await refusalOf(socket)).toEqual({ status: 404, code: 'not_found' });
});
