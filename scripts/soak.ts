/** `npm run soak`: hundreds of sessions come and go for half an hour; nothing may be left of them. */
import { Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Upstream } from '../bench/load/upstream';
import { Webhook } from '../bench/load/webhook';
import { relay } from '../bench/subjects/relay';
import { wholeNumberOption } from '../src/cli/number-option';
import { Crowd } from './soak/crowd';
import { judge, type Look } from './soak/verdict';

interface Options {
  readonly minutes: number;
  readonly sessions: number;
  readonly relay: string;
}

void new Command('soak')
  .description('Keeps sessions coming and going; ends with 1 if memory grows, or anything is left behind or lost.')
  .option('--minutes <number>', 'how long', wholeNumberOption(1, 10_000), 30)
  .option('--sessions <number>', 'how many at a time', wholeNumberOption(1, 900), 300)
  .option('--relay <main>', 'the main file of the relay', join(__dirname, '../dist/src/main.js'))
  .action(run)
  .parseAsync();

/** Looks that are taken; the first third of them is for warming up. */
const looks = 30;

/** How long a relay is given to let go of what has ended, in milliseconds: longer than its grace for a close. */
const settleMs = 5_000;

async function run({ minutes, sessions, relay: main }: Options): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'soak-'));
  const [upstream, webhook] = await Promise.all([Upstream.start(), Webhook.start()]);
  const running = await relay({ main: resolve(main), directory, webhook: { url: webhook.url } }).start(upstream.url);
  const look = async (): Promise<Look> => ({ ...(await running.usage(true)), sessions: crowd.ended });
  const crowd = new Crowd(running, upstream);
  try {
    // One session loads what sessions need, and opens what stays open.
    await crowd.rehearse();
    await sleep(settleMs);
    const before = await look();
    crowd.gather(sessions);
    const during: Look[] = [];
    while (during.length < looks) {
      await sleep((minutes * 60_000) / looks);
      during.push(await look());
      process.stderr.write(`${describe(during.at(-1))}\n`);
    }
    await crowd.disperse();
    await sleep(settleMs);
    const findings = judge({ before, during, after: await look(), told: crowd.told, webhooks: webhook.count });
    for (const { name, told, isFine } of findings) console.log(`${isFine ? 'ok ' : 'OFF'}  ${name}: ${told}`);
    if (!findings.every(({ isFine }) => isFine)) process.exitCode = 1;
  } finally {
    await running.stop();
    await Promise.all([upstream.close(), webhook.close()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

function describe(look: Look | undefined): string {
  if (look === undefined) return '';
  const { sessions, heapBytes, rssBytes, descriptors } = look;
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${sessions} sessions ended, heap ${mib(heapBytes)}, process ${mib(rssBytes)}, ${descriptors} descriptors`;
}
