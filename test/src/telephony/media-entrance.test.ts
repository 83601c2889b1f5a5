import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { StoreUnavailableError } from '../../../pipeline';
import { loggerTo } from '../../../src/log';
import { mediaEntrance } from '../../../src/telephony/media-entrance';
import { createMediaTokens } from '../../../src/telephony/media-token';
import { createSwitchboard } from '../../../src/telephony/switchboard';
import { telephonyFor } from '../../e2e/support/phone-house';
import { openDoor } from '../support/doors';
import { orgWith } from '../support/org';

const tokens = createMediaTokens('s'.repeat(32));
const switchboard = createSwitchboard(
  [orgWith({ telephony: telephonyFor('signalwire', 'http://127.0.0.1:9') })],
  'https://relay.example.com',
);

/** The entrance before a store that does as given. */
const entranceTo = (redeem: () => Promise<boolean>) =>
  mediaEntrance({
    switchboard,
    calls: { attach: () => undefined, isAwaited: () => false },
    door: openDoor,
    tokens,
    store: { redeem },
    log: loggerTo({ write: () => undefined }),
  });

function requestFor(token: string, authorization: string | undefined, path = 'signalwire/media'): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.url = `/telephony/${path}/${token}`;
  if (authorization !== undefined) request.headers.authorization = authorization;
  return request;
}

it('SignalWire shows the bearer that belongs to the token, and no other', async () => {
  let redeemed = 0;
  const entrance = entranceTo(() => Promise.resolve((redeemed += 1) === 1));
  const token = await tokens.mint({ carrier: 'signalwire', orgId: 'acme', callId: 'a-call' }, 60_000);
  for (const authorization of [undefined, 'Bearer x', `Bearer ${token}`, `Basic ${tokens.bearerOf(token)}`]) {
    expect(await entrance.judge(requestFor(token, authorization))).toMatchObject({ code: 'wrong_signature' });
  }
  expect(redeemed).toBe(0);
  const right = requestFor(token, `Bearer ${tokens.bearerOf(token)}`);
  expect(await entrance.judge(right)).toMatchObject({ maxMessageBytes: 65_536 });
  expect(await entrance.judge(right)).toMatchObject({ status: 403, code: 'media_token_used' });
});

it('nobody is let in while the store cannot say whether a token was used', async () => {
  const entrance = entranceTo(() => Promise.reject(new StoreUnavailableError('down', 'It is away.')));
  const token = await tokens.mint({ carrier: 'signalwire', orgId: 'acme', callId: 'a-call' }, 60_000);
  expect(await entrance.judge(requestFor(token, `Bearer ${tokens.bearerOf(token)}`))).toMatchObject({
    status: 503,
    code: 'store_unavailable',
  });
});

it.each(['voice', 'signalwire', 'signalwire/other'])('what is no media socket is not for it: %s', (path) => {
  expect(entranceTo(() => Promise.resolve(true)).judge(requestFor('tk_1', undefined, path))).toBeUndefined();
});
