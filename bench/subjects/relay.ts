import { mkdtempSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { familyUsage } from './family-usage';
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
  /** Its telephone line; absent: it has none. */
  readonly phone?: PhoneLine;
  /**
   * How many processes share its work, on whichever core is free; usage is then that of all of them. Absent: one, on a core of its
   * own.
   */
  readonly workers?: number;
  readonly profileDirectory?: string | undefined;
}

/** A telephone line, which makes a relay public: it gets a key. */
export interface PhoneLine {
  /** The relay's origin as carriers know and sign it; `https:`. */
  readonly publicUrl: string;
  /** As `telephony` stands in the settings of an org. */
  readonly telephony: object;
}

/** The relay as `serve` runs it: log lines, metrics, every limit at its default. */
export function relay({
  name = 'relay',
  main,
  directory,
  webhook,
  storeUrl,
  phone,
  workers,
  profileDirectory,
}: RelayOptions): Subject {
  return {
    name,
    async start(upstreamUrl, heap): Promise<RunningSubject> {
      const home = mkdtempSync(join(directory, 'relay-'));
      writeFileSync(join(home, 'relay.config.json'), JSON.stringify(settings(webhook, phone)));
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
          ...(workers !== undefined && { WORKERS: String(workers) }),
          ...(phone !== undefined && { PUBLIC_URL: phone.publicUrl }),
        },
        directory: home,
        listening: /"address":"http:\/\/([^"]+)".*"Relay is listening"/,
        heap,
        isEverywhere: workers !== undefined,
        profileDirectory,
      });
      const address = await running.address;
      return {
        url: `ws://${address}/v1/realtime`,
        usage: (afterGc) =>
          workers === undefined ? running.usage(afterGc) : Promise.resolve(familyUsage(running.pid)),
        stop: () => running.stop(),
      };
    },
  };
}

/** One org, keyless where it can be: the bench is on the same machine. It opens more sessions, and faster, than strangers may. */
function settings(webhook: RelayOptions['webhook'], phone: PhoneLine | undefined): object {
  const line = phone && { apiKeys: ['the-key-of-the-bench-org'], telephony: phone.telephony };
  return {
    limits: { connectsPerSecondPerAddress: 100_000, sessionsPerOrg: 100_000 },
    orgs: { bench: { webhook: webhook ?? { url: 'http://127.0.0.1:9/' }, ...line } },
  };
}

/** The org of the relay under measurement. */
export const benchOrg = 'bench';
