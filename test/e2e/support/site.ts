import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Scenario, type Simulator, startSimulator } from '../../../simulator';
import { type Closing } from '../../pipeline/support/closing';
import { type Answer, WebhookCatcher } from '../../pipeline/support/webhook-catcher';
import { orgKey } from '../../src/support/relay';
import { upstreamKey } from './house';
import { RelayProcess } from './relay-process';
import { tempDir } from './temp-dir';

/** A place where a relay can be started again and again, on the same file. */
export interface Site {
  readonly hook: WebhookCatcher;
  readonly simulator: Simulator;
  readonly file: string;
  start(): RelayProcess;
  /** Lets the time of whoever works on an intent in the file be over. No relay may have it open. */
  expireLeases(): void;
}

export interface SiteParts {
  readonly scenario: Scenario;
  /** What the webhook answers, one after the other. */
  readonly answers?: readonly Answer[];
  readonly webhook?: { readonly deadlineMs?: number; readonly maxConcurrent?: number };
  readonly limits?: { readonly drainMs?: number };
}

export async function prepareSite(opened: Closing, parts: SiteParts): Promise<Site> {
  const { scenario, answers = [], webhook, limits = {} } = parts;
  const directory = await tempDir(opened);
  const hook = opened.add(await WebhookCatcher.start(...answers), (catcher) => catcher.close());
  const simulator = opened.add(await startSimulator({ pace: 'instant', apiKeys: [upstreamKey], scenario }), (running) =>
    running.close(),
  );
  const file = join(directory, 'relay.db');
  const orgs = { org_demo_001: { apiKeys: [orgKey], webhook: { url: hook.url, ...webhook } } };
  await writeFile(join(directory, 'relay.config.json'), JSON.stringify({ orgs, limits }));
  const variables = {
    OPENAI_API_KEY: upstreamKey,
    OPENAI_REALTIME_URL: simulator.url,
    STORE_URL: `sqlite:${file}`,
  };
  return {
    hook,
    simulator,
    file,
    start: () => RelayProcess.start(opened, directory, variables),
    expireLeases: () => {
      const database = new DatabaseSync(file);
      database.exec("UPDATE intents SET record = json_set(record, '$.leaseUntilMs', 0), due_ms = 0");
      database.close();
    },
  };
}
