/**
 * `npm run test:compose`: builds the image, brings up docker-compose.yml for real, and looks whether calls and bookings come
 * through it while relays are killed and restarted, and Redis with them.
 */
import { Command } from 'commander';
import { wholeNumberOption } from '../src/cli/number-option';
import { allUp } from './compose/balancer';
import { findCompose, haveImages, MissingError } from './compose/engine';
import { type Finding } from './compose/findings';
import { openOutside } from './compose/outside';
import { play } from './compose/play';
import { baseImages, Project } from './compose/project';
import { phoneVariables, Telephone } from './compose/telephone';
import { freePort } from './redis-server';

interface Options {
  readonly calls: number;
  readonly build: boolean;
}

void new Command('test:compose')
  .description(
    'Bring up the Compose set-up and look whether it holds; ends with 1 if anything is off, with 2 without Docker.',
  )
  .option('--calls <number>', 'how many are on at once', wholeNumberOption(3, 1_000), 100)
  .option('--no-build', 'take the image as it is')
  .action(run)
  .parseAsync();

async function run({ calls, build }: Options): Promise<void> {
  try {
    const compose = await findCompose();
    await haveImages(baseImages());
    console.log(`${compose.join(' ')}, ${calls} calls`);
    process.exitCode = (await bringUp(compose, calls, build)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/** Whether all was fine. */
async function bringUp(
  compose: Awaited<ReturnType<typeof findCompose>>,
  calls: number,
  build: boolean,
): Promise<boolean> {
  const key = 'the key of the callers'.replaceAll(' ', '-');
  const [port, watchPort, prometheusPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const origin = `http://127.0.0.1:${port}`;
  const [outside, telephone] = await Promise.all([openOutside(), Telephone.open(origin)]);
  const project = new Project(compose, {
    OPENAI_API_KEY: 'sk-none',
    CALLER_KEY: key,
    ...phoneVariables,
    UPSTREAM_PORT: String(outside.upstreamPort),
    WEBHOOK_PORT: String(outside.webhookPort),
    PORT: String(port),
    WATCH_PORT: String(watchPort),
    PROMETHEUS_PORT: String(prometheusPort),
  });
  const startedMs = performance.now();
  const tell = (line: string) =>
    console.log(`${String(Math.round((performance.now() - startedMs) / 1_000)).padStart(4)} s  ${line}`);
  let isFine = false;
  try {
    if (build) {
      await project.run('build');
      tell('built');
    }
    await project.run('up', '--detach', '--no-build');
    const watchUrl = `http://127.0.0.1:${watchPort}`;
    await allUp(watchUrl);
    tell('up');
    const stage = {
      project,
      outside,
      telephone,
      line: { url: `${origin.replace('http', 'ws')}/v1/realtime`, key },
      http: { origin, key, orgId: 'compose' },
      watchUrl,
      prometheusUrl: `http://127.0.0.1:${prometheusPort}`,
      calls,
    };
    const findings: Finding[] = [];
    for await (const finding of play(stage)) {
      findings.push(finding);
      tell(`${finding.isFine ? 'ok ' : 'OFF'}  ${finding.what}: ${finding.told}`);
    }
    isFine = findings.every((finding) => finding.isFine);
    return isFine;
  } finally {
    if (!isFine) console.log(await project.run('logs', '--no-color', '--tail', '50'));
    await project.run('down', '--volumes', '--timeout', '5');
    await telephone.close();
    await outside.close();
  }
}
