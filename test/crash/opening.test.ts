import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { type OrgConfig } from '../../src/config';
import { loggerTo } from '../../src/log';
import { createMetrics } from '../../src/metrics';
import { placeOf } from '../../src/quota/places';
import { createSessions, type SessionsOptions } from '../../src/sessions';
import { Closing } from '../pipeline/support/closing';
import { Inbox } from '../relay/support/inbox';
import { orgWith } from '../src/support/org';

const opened = new Closing();
afterEach(() => opened.all());

const broken = orgWith({ id: 'broken' });
const sound = orgWith({ id: 'sound' });
const soundOnly = <T>(org: OrgConfig, value: T): T => {
  if (org === broken) throw new Error('broken');
  return value;
};
const noTool = { prepare: () => ({ execute: () => Promise.reject(new Error('no tool')) }) };

async function listening(): Promise<Server> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return opened.add(server, async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

const urlOf = (server: Server) => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Sessions, and a way to open one over a real socket. */
async function prepare(changes: Partial<SessionsOptions>) {
  const upstream = await listening();
  const front = new WebSocketServer({ server: await listening() });
  const reached = once(new WebSocketServer({ server: upstream }), 'connection');
  const lines: string[] = [];
  const sessions = createSessions({
    upstream: { url: urlOf(upstream), apiKey: 'sk-test', model: 'gpt-realtime' },
    configFor: () => ({ type: 'realtime' }),
    toolsFor: () => noTool,
    metrics: createMetrics(),
    log: loggerTo({ write: (line) => void lines.push(line) }),
    ...changes,
  });
  opened.add(sessions, () => {
    sessions.endAll('draining');
    return sessions.drain();
  });
  const open = async (org: OrgConfig): Promise<Inbox> => {
    const connection = once(front, 'connection');
    const client = new Inbox(new WebSocket(urlOf(front.options.server as Server)));
    const [socket] = (await connection) as [WebSocket];
    sessions.open(
      socket,
      org,
      placeOf(() => undefined),
    );
    return client;
  };
  return { sessions, open, lines, reached };
}

it.each<[string, Partial<SessionsOptions>]>([
  ['its settings cannot be made', { configFor: (org) => soundOnly(org, { type: 'realtime' }) }],
  ['its tools cannot be made', { toolsFor: (org) => soundOnly(org, noTool) }],
])('a session of which %s is refused by name, and the next is not', async (_what, changes) => {
  const { sessions, open, lines, reached } = await prepare(changes);
  const refused = await open(broken);
  expect(await refused.next('error')).toMatchObject({ error: { code: 'internal_error' } });
  expect(await refused.closed).toEqual({ code: 1011, reason: 'internal_error' });
  expect(lines.join('')).toContain('Session could not be started');
  expect(sessions.count).toBe(0);

  await open(sound);
  await reached;
  expect(sessions.count).toBe(1);
});

it('a session that cannot even try to connect upstream is refused by name', async () => {
  const { sessions, open } = await prepare({
    upstream: { url: 'ws://127.0.0.1:9/', apiKey: 'a\nb', model: 'gpt-realtime' },
  });
  const refused = await open(sound);
  expect(await refused.next('error')).toMatchObject({ error: { code: 'internal_error' } });
  expect(sessions.count).toBe(0);
});
