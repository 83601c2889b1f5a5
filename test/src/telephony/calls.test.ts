import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { RestServer } from '../../../simulator/carriers';
import { loggerTo } from '../../../src/log';
import { createMetrics } from '../../../src/metrics';
import { placeOf } from '../../../src/quota/places';
import { createCalls } from '../../../src/telephony/calls';
import { createCarrierApi } from '../../../src/telephony/carrier-api';
import { createSwitchboard } from '../../../src/telephony/switchboard';
import { telephonyFor } from '../../e2e/support/phone-house';
import { Closing } from '../../pipeline/support/closing';
import { orgWith } from '../support/org';

const opened = new Closing();
afterEach(() => opened.all());

/** Both ends of a carrier's socket. */
async function mediaSocket() {
  const server = opened.add(
    new WebSocketServer({ host: '127.0.0.1', port: 0 }),
    (each) => new Promise<void>((resolve) => each.close(() => resolve())),
  );
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const carrier = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [stream] = await accepted;
  return { carrier, stream };
}

it.each([
  ['telnyx', ['/v2/calls/a-call/actions/hangup']],
  ['twilio', []],
] as const)('a stream of %s whose session cannot be started is closed without a word', async (name, asked) => {
  const rest = opened.add(await RestServer.start(() => ({ status: 200, body: {} })), (server) => server.close());
  const api = opened.add(createCarrierApi(), (each) => each.close());
  const org = orgWith({ telephony: telephonyFor(name, rest.url) });
  const line = createSwitchboard([org], 'https://relay.example.com').lineOf(name, 'acme');
  if (line === undefined) throw new Error('The org has a line.');
  const calls = createCalls({
    sessions: { openPhone: () => undefined },
    api,
    store: { redeem: () => Promise.resolve(true) },
    team: undefined,
    metrics: createMetrics().phones,
    log: loggerTo({ write: () => undefined }),
  });
  const { carrier, stream } = await mediaSocket();
  const messages: unknown[] = [];
  carrier.on('message', (message) => messages.push(message));
  const closed = once(carrier, 'close') as Promise<[number, Buffer]>;
  calls.attach(
    line,
    'a-call',
    stream,
    placeOf(() => undefined),
  );
  const [code, reason] = await closed;
  expect([code, reason.toString()]).toEqual([1011, 'internal_error']);
  expect(messages).toEqual([]);
  expect(rest.requests.map(({ path }) => path)).toEqual(asked);
  await calls.idle();
});
