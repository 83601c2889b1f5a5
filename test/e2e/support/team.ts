import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scenario, type Simulator, startSimulator } from '../../../simulator';
import { type Closing } from '../../pipeline/support/closing';
import { type Answer, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { operatorKey, orgKey } from '../../src/support/relay';
import { TestRedis } from '../../support/redis-server';
import { upstreamKey } from './house';
import { RelayProcess } from './relay-process';
import { tempDir } from './temp-dir';

/** A relay of several workers, each a process, on a Redis of its own. */
export interface TeamSite {
  readonly relay: RelayProcess;
  readonly url: string;
  readonly redis: TestRedis;
  readonly hook: WebhookCatcher;
  readonly simulator: Simulator;
  /** One more of the kind, on the same Redis. */
  another(variables?: Readonly<Record<string, string>>): RelayProcess;
}

export interface TeamParts {
  readonly workers?: string;
  readonly limits?: object;
  readonly webhook?: object;
  readonly answers?: readonly Answer[];
  readonly scenario?: Scenario;
  /** More settings of the org. */
  readonly org?: object;
  readonly variables?: Readonly<Record<string, string>>;
}

export async function openTeam(opened: Closing, parts: TeamParts = {}): Promise<TeamSite> {
  const { workers = '2', limits = {}, webhook = {}, answers = [], scenario, org = {} } = parts;
  const directory = await tempDir(opened);
  const redis = opened.add(await TestRedis.start(), (each) => each.dispose());
  const hook = opened.add(await WebhookCatcher.start(...answers), (catcher) => catcher.close());
  const simulator = opened.add(
    await startSimulator({ pace: 'instant', apiKeys: [upstreamKey], ...(scenario && { scenario }) }),
    (running) => running.close(),
  );
  const orgs = { org_demo_001: { apiKeys: [orgKey], webhook: { url: hook.url, ...webhook }, ...org } };
  await writeFile(join(directory, 'relay.config.json'), JSON.stringify({ orgs, limits }));
  const variables = {
    OPENAI_API_KEY: upstreamKey,
    OPENAI_REALTIME_URL: simulator.url,
    OPERATOR_KEY: operatorKey,
    RELAY_TOKEN_SECRET: 'r'.repeat(32),
    STORE_URL: redis.url,
    WORKERS: workers,
    ...parts.variables,
  };
  const another: TeamSite['another'] = (changes = {}) =>
    RelayProcess.start(opened, directory, { ...variables, ...changes });
  const relay = another();
  return { relay, url: await relay.url(), redis, hook, simulator, another };
}
