import { mkdtempSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { NodeProcess } from './node-process';
import { type RunningSubject, type Subject } from './subject';

/** Which relay is measured, and how it is set up. */
export interface RelayOptions {
  readonly name?: string;
  /** Its main file, compiled or not. */
  readonly main: string;
  /** Where it keeps its store and its settings; it makes a new folder in there. */
  readonly directory: string;
  /** Where tool calls are delivered; absent: to nowhere that answers. */
  readonly webhook?: { readonly url: string; readonly deadlineMs?: number };
  /** Where it keeps its intents; absent: in an SQLite file of its own. */
  readonly storeUrl?: string;
  readonly profileDirectory?: string | undefined;
}

/** The relay as `serve` runs it: log lines, metrics, every limit at its default. */
export function relay({ name = 'relay', main, directory, webhook, storeUrl, profileDirectory }: RelayOptions): Subject {
  return {
    name,
    async start(upstreamUrl): Promise<RunningSubject> {
      const home = mkdtempSync(join(directory, 'relay-'));
      writeFileSync(join(home, 'relay.config.json'), JSON.stringify(settings(webhook)));
      const running = new NodeProcess({
        file: main,
        // Only for sources: it patches Node's event emitter, which costs a few percent.
        preloads: extname(main) === '.ts' ? [require.resolve('ts-node/register')] : [],
        args: ['serve'],
        variables: {
          OPENAI_API_KEY: 'sk-bench',
          OPENAI_REALTIME_URL: upstreamUrl,
          PORT: '0',
          RELAY_TOKEN_SECRET: 'the same for every relay of the bench',
          ...(storeUrl !== undefined && { STORE_URL: storeUrl }),
        },
        directory: home,
        listening: /"address":"http:\/\/([^"]+)".*"Relay is listening"/,
        profileDirectory,
      });
      const address = await running.address;
      return {
        url: `ws://${address}/v1/realtime`,
        usage: (afterGc) => running.usage(afterGc),
        stop: () => running.stop(),
      };
    },
  };
}

/** One org, keyless: the bench is on the same machine. It opens its sessions faster than strangers may. */
function settings(webhook: RelayOptions['webhook']): object {
  return {
    limits: { connectsPerSecondPerAddress: 100_000 },
    orgs: { bench: { webhook: webhook ?? { url: 'http://127.0.0.1:9/' } } },
  };
}

/** The org of the relay under measurement. */
export const benchOrg = 'bench';
