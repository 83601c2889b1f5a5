import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type EndCause } from '../../relay';
import { metricReaches } from '../hostile/support/metrics';
import { Closing } from '../pipeline/support/closing';
import { record } from '../simulator/support/client';
import { describeWithRedis, TestRedis } from '../support/redis-server';
import { hangUp } from './support/house';
import { linesOf, openPhoneHouse, type PhoneHouse } from './support/phone-house';
import { openTelnyxHouse, ringAt } from './support/telnyx-house';
import { askAbout, connectIn, notice, openMedia, refusalOf } from './support/phone-requests';

describeWithRedis('two relays on one Redis', () => {
  const opened = new Closing();
  afterEach(() => opened.all());

  const open = ({ relay }: PhoneHouse, streamUrl: string) => opened.add(openMedia(relay.url, streamUrl), hangUp);

  it('take a call together: one is asked, the other gets the stream, and neither a second one', async () => {
    const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
    const asked = await openPhoneHouse(opened, { storeUrl: redis.url });
    const streamed = await openPhoneHouse(opened, { storeUrl: redis.url });
    const streamUrl = connectIn((await askAbout(asked.relay.url)).body);

    const socket = open(streamed, streamUrl);
    await once(socket, 'open');
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    const start = { accountSid: notice.AccountSid, streamSid: 'MZ1', callSid: notice.CallSid, mediaFormat };
    socket.send(JSON.stringify({ event: 'start', start, streamSid: 'MZ1' }));
    await once(socket, 'message');
    expect(linesOf(streamed, 'Call connected')).toMatchObject([{ phoneCallId: notice.CallSid }]);
    for (const house of [asked, streamed]) {
      expect(await refusalOf(open(house, streamUrl))).toEqual({ status: 403, code: 'media_token_used' });
    }
  });

  it('take a call together for which there is one place', async () => {
    const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
    const limits = { sessionsPerOrg: 1 };
    const asked = await openPhoneHouse(opened, { storeUrl: redis.url, limits });
    const streamed = await openPhoneHouse(opened, { storeUrl: redis.url, limits });
    const streamUrl = connectIn((await askAbout(asked.relay.url)).body);
    await once(open(streamed, streamUrl), 'open');
    expect(streamed.relay.sessionCount()).toBe(1);
  });

  it.each<[string, EndCause, number]>([
    ['waits in vain', 'carrier_no_start', 300],
    ['stops', 'draining', 10_000],
  ])(
    'do not hang up a call at Telnyx when one %s and the other has the stream',
    async (_what, cause, carrierStartMs) => {
      const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
      const asked = await openTelnyxHouse(opened, { storeUrl: redis.url, limits: { carrierStartMs } });
      const streamed = await openTelnyxHouse(opened, { storeUrl: redis.url });
      await ringAt(asked.relay.url, 'v3:x');
      await asked.carrier.rest.until(1);
      const [answer] = asked.carrier.rest.requests;
      const { stream_url: url, stream_auth_token: token } = record(JSON.parse(answer?.body ?? ''));
      const headers = { 'x-telnyx-streaming-auth-token': String(token) };
      const address = streamed.relay.url.replace('http', 'ws') + new URL(String(url)).pathname;
      await once(opened.add(new WebSocket(address, { headers }), hangUp), 'open');
      const ended = `relay_calls_ended_total{carrier="telnyx",cause="${cause}"}`;
      if (cause === 'carrier_no_start') await metricReaches(asked.relay, ended, 1);
      await asked.relay.stop();
      expect(linesOf(asked, 'Session ended')).toMatchObject([{ cause }]);
      expect(asked.carrier.rest.requests).toEqual([answer]);
    },
  );

  it('command once what to do with a call, also when the webhook comes to one and again to the other', async () => {
    const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
    const first = await openTelnyxHouse(opened, { storeUrl: redis.url });
    const other = await openTelnyxHouse(opened, { storeUrl: redis.url, limits: { sessionsPerOrg: 0 } });
    const call = first.carrier.call();
    await call.until('stream_opened');
    expect((await ringAt(other.relay.url, call.id)).status).toBe(204);
    expect(linesOf(other, 'Call announced')).toEqual([]);
    expect(linesOf(other, 'Call turned away')).toEqual([]);
    expect(other.carrier.rest.requests).toEqual([]);
    call.hangUp();
  });
});
