import dns from 'node:dns/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { certificateFor } from '../faults/support/certificates';
import { appointment } from '../pipeline/support/appointment';
import { Closing } from '../pipeline/support/closing';
import { catching, status } from '../pipeline/support/webhook-catcher';
import { bearer, configWith, orgKey, startTestRelay, stopRelays } from './support/relay';

/* What leaves a whole relay, seen from where an attacker would want it to arrive. */

const opened = new Closing();
afterEach(async () => {
  await stopRelays();
  await opened.all();
  jest.restoreAllMocks();
});

interface Answer {
  readonly status?: string;
  readonly success: boolean;
}

async function book(url: string, title = 'Demo'): Promise<Answer> {
  const response = await fetch(`${url}/api/execute-intent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(orgKey) },
    body: JSON.stringify({
      tool_name: 'create_appointment',
      tool_args: { ...appointment, title },
      org_id: 'org_demo_001',
    }),
  });
  // The endpoint's answer, of which the tests look at two members.
  return (await response.json()) as Answer;
}

/** A server inside, which counts who knocks. */
async function inside(): Promise<{ readonly port: number; readonly knocks: () => number }> {
  let knocks = 0;
  const { cert, key } = await certificateFor(['rebinding.example.com']);
  const server = createServer({ cert, key }, (_request, response) => response.end());
  server.on('connection', () => (knocks += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.add(server, closed);
  return { port: (server.address() as AddressInfo).port, knocks: () => knocks };
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '169.254.169.254', '10.0.0.1'])(
  'a name that leads to %s is refused before anything is connected, and no address is told',
  async (address) => {
    const { port, knocks } = await inside();
    const lookup = jest.spyOn(dns, 'lookup').mockImplementation(() =>
      // Of several addresses one is enough.
      Promise.resolve([
        { address: '203.0.113.1', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ] as never),
    );
    const relay = await startTestRelay(
      configWith({
        ZAPIER_WEBHOOK_URL: `https://rebinding.example.com:${port}/hook`,
        WEBHOOK_HOSTS: `rebinding.example.com:${port}`,
      }),
    );
    const answer = await book(relay.url);
    expect(answer).toMatchObject({ success: false, status: 'not_sent' });
    expect(JSON.stringify(answer)).not.toContain(address);
    expect(lookup).toHaveBeenCalledWith('rebinding.example.com', { all: true });
    expect(knocks()).toBe(0);
  },
);

it.each([
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'https://0x7f.1/',
])('no relay starts that would send to %s where others can reach it', async (url) => {
  expect(() => configWith({ ZAPIER_WEBHOOK_URL: url, HOST: '0.0.0.0' })).toThrow(/ZAPIER_WEBHOOK_URL/);
  const config = configWith({ ZAPIER_WEBHOOK_URL: 'https://hooks.example.com/' });
  const orgs = config.orgs.map((org) => ({ ...org, ...(org.webhook && { webhook: { ...org.webhook, url } }) }));
  const listen = { ...config.listen, host: '0.0.0.0' };
  await expect(startTestRelay({ ...config, orgs, listen })).rejects.toThrow(/webhook\.url: the URL leads/);
});

it('a redirect leads nowhere', async () => {
  const target = await catching(opened)();
  const hook = await catching(opened)(status(307, { location: target.url }));
  const relay = await startTestRelay(configWith({ ZAPIER_WEBHOOK_URL: hook.url }));
  expect(await book(relay.url)).toMatchObject({ status: 'rejected' });
  expect(target.requests).toHaveLength(0);
});

it('the metrics tell that a webhook is given a rest', async () => {
  const hook = await catching(opened)(status(503));
  const relay = await startTestRelay(configWith({ ZAPIER_WEBHOOK_URL: hook.url }));
  for (const title of ['1', '2', '3', '4', '5']) {
    expect(await book(relay.url, title)).toMatchObject({ status: 'unknown' });
  }
  expect(await book(relay.url, '6')).toMatchObject({ status: 'not_sent' });
  expect(hook.requests).toHaveLength(5);
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  expect(metrics).toContain('relay_webhook_circuit_open{org="org_demo_001"} 1');
  expect(metrics).toContain('relay_webhook_circuit_changes_total{org="org_demo_001",state="open"} 1');
});
