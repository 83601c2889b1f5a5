import { tmpdir } from 'node:os';
import { loadConfig, type RelayConfig } from '../../../src/config';
import { loggerTo } from '../../../src/log';
import { type RunningRelay, startRelay } from '../../../src/server';

const running: RunningRelay[] = [];

/** A key that `relayWith` gives the single org. */
export const orgKey = 'org-key-0123456789';
export const operatorKey = 'operator-key-0123456789';
export const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

/** Settings as they would be read, on any free port and in memory. */
export function configWith(
  variables: Readonly<Record<string, string>> = {},
  changes: Partial<RelayConfig> = {},
): RelayConfig {
  const result = loadConfig({
    variables: {
      OPENAI_API_KEY: 'sk-test',
      OPENAI_REALTIME_URL: 'ws://127.0.0.1:9/v1/realtime',
      RELAY_API_KEY: orgKey,
      OPERATOR_KEY: operatorKey,
      STORE_URL: 'memory:',
      PORT: '0',
      ...variables,
    },
    directory: tmpdir(),
  });
  if (result.kind === 'wrong') throw new Error(JSON.stringify(result.problems));
  return { ...result.config, ...changes };
}

/** The same settings with some limits changed, for the program and for every org. */
export function withLimits(config: RelayConfig, limits: Partial<RelayConfig['limits']>): RelayConfig {
  const orgs = config.orgs.map((org) => ({ ...org, limits: { ...org.limits, ...limits } }));
  return { ...config, orgs, limits: { ...config.limits, ...limits } };
}

/** A relay that `stopRelays` stops. */
export async function startTestRelay(config: RelayConfig = configWith()): Promise<RunningRelay> {
  const relay = await startRelay(config, loggerTo({ write: () => undefined }));
  running.push(relay);
  return relay;
}

/** To be called after each test. */
export async function stopRelays(): Promise<void> {
  await Promise.all(running.splice(0).map((relay) => relay.stop()));
}
