import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { dial } from '../e2e/support/house';
import { demoCall, executeIntent } from '../e2e/support/intent-request';
import { wordsHeard } from '../e2e/support/exchange';
import { type RelayProcess } from '../e2e/support/relay-process';
import { prepareSite, type SiteParts } from '../e2e/support/site';
import { Closing } from '../pipeline/support/closing';
import { type Client, record } from '../simulator/support/client';
import { bearer, orgKey } from '../src/support/relay';
import { crowdScenario, gather, HeldAnswers, repeatAll, sizes } from './support/crowd';

// Starting a relay from its sources takes seconds where others use the processor too.
jest.setTimeout(180_000);

const opened = new Closing();
afterEach(() => opened.all());

const draining = { code: 1001, reason: 'draining' };

/** A relay with fifty calls, whose webhook does not answer yet. */
async function underLoad(limits: NonNullable<SiteParts['limits']>) {
  const held = new HeldAnswers();
  const site = await prepareSite(opened, {
    scenario: crowdScenario,
    answers: [held.answer],
    // Longer than the slowest machine takes to come to the point.
    webhook: { deadlineMs: 20_000, maxConcurrent: 2 * sizes.booking },
    limits,
  });
  const relay = site.start();
  return { held, site, relay, crowd: await gather(opened, site, relay) };
}

const closings = (clients: readonly Client[]) => Promise.all(clients.map(({ closed }) => closed));

/** Why its sessions ended, as the relay wrote it down. */
function causesIn({ words }: RelayProcess): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, cause = ''] of words.matchAll(/"cause":"(\w+)".*"Session ended"/g))
    counts[cause] = (counts[cause] ?? 0) + 1;
  return counts;
}

/** What a new client is answered. */
async function refusalOf(url: string): Promise<{ status: number | undefined; retryAfter: string | undefined }> {
  const { socket } = dial(opened, `${url.replace('http', 'ws')}/v1/realtime`);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  response.resume();
  return { status: response.statusCode, retryAfter: response.headers['retry-after'] };
}

it('SIGTERM with fifty calls and twenty webhooks under way drops none of them', async () => {
  const { held, site, relay, crowd } = await underLoad({ drainMs: 120_000 });
  const url = await relay.url();
  const overHttp = executeIntent(url, demoCall, bearer(orgKey));
  await site.hook.caught(sizes.booking + 1);

  const startedMs = performance.now();
  const exited = relay.kill('SIGTERM');
  await relay.saying(/"Relay is stopping"/);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await refusalOf(url)).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) as unknown });
  const late = await executeIntent(url, { ...demoCall, title: 'Too late' }, bearer(orgKey));
  expect([late.status, record(JSON.parse(late.text))]).toMatchObject([503, { error: { code: 'draining' } }]);

  // Whoever is in the middle of nothing goes first; nobody else does.
  expect(await closings(crowd.silent)).toEqual(crowd.silent.map(() => draining));
  expect(crowd.booking.concat(crowd.listening).map(({ socket }) => socket.readyState)).not.toContain(WebSocket.CLOSED);

  // One hangs up, as people do.
  crowd.listening[0]?.socket.close();
  await relay.saying(/"cause":"client_closed"/);
  for (const session of site.simulator.sessions) session.release();
  expect(await closings(crowd.listening.slice(1))).toEqual(crowd.listening.slice(1).map(() => draining));
  expect(crowd.listening.slice(1).map(wordsHeard)).toEqual(
    crowd.listening.slice(1).map(() => ['Once upon a time', 'The end.']),
  );

  held.release();
  expect(await closings(crowd.booking)).toEqual(crowd.booking.map(() => draining));
  expect(crowd.booking.map(wordsHeard)).toEqual(crowd.booking.map(() => ['It is booked.']));
  expect(record(JSON.parse((await overHttp).text))).toMatchObject({ success: true, is_duplicate: false });
  expect(await exited).toEqual({ code: 0, signal: null });
  console.log(`Fifty calls were drained in ${Math.round(performance.now() - startedMs)} ms.`);
  expect(causesIn(relay)).toEqual({ draining: 49, client_closed: 1 });

  expect(await repeatAll(site.start())).toEqual(
    crowd.booking.map(() => expect.objectContaining({ success: true, is_duplicate: true }) as unknown),
  );
  expect(site.hook.requests).toHaveLength(sizes.booking + 1);
});

it('at drainMs the calls that are still going end by name, and their sends are finished and recorded', async () => {
  const { held, site, relay, crowd } = await underLoad({ drainMs: 500 });
  const startedMs = performance.now();
  const exited = relay.kill('SIGTERM');
  // Nothing has been answered or said to its end by now.
  expect(await closings(crowd.all)).toEqual(crowd.all.map(() => draining));
  held.release();
  expect(await exited).toEqual({ code: 0, signal: null });
  console.log(`With a drainMs of 500, fifty calls were ended in ${Math.round(performance.now() - startedMs)} ms.`);
  expect(causesIn(relay)).toEqual({ draining: 50 });

  expect(await repeatAll(site.start())).toEqual(
    crowd.booking.map(() => expect.objectContaining({ success: true, is_duplicate: true }) as unknown),
  );
  expect(site.hook.requests).toHaveLength(sizes.booking);
});

it('a second signal ends it at once, and what was being sent is in doubt, never sent again', async () => {
  const { site, relay, crowd } = await underLoad({ drainMs: 120_000 });
  const exited = relay.kill('SIGTERM');
  await relay.saying(/"Relay is stopping"/);
  void relay.kill('SIGINT');
  expect(await exited).toEqual({ code: 1, signal: null });
  await closings(crowd.all);

  site.expireLeases();
  expect(await repeatAll(site.start())).toEqual(
    crowd.booking.map(() => expect.objectContaining({ status: 'unknown', should_retry: false }) as unknown),
  );
  expect(site.hook.requests).toHaveLength(sizes.booking);
});
