import { type Command, Option } from 'commander';
import { demoKey, type DemoOptions, type RunningDemo, runDemo } from '../demo/demo';
import { phoneLineNames } from '../demo/phone-lines';
import { exitCode } from './exit-code';
import { wholeNumberOption } from './number-option';
import { startFailure } from './start-failure';

/** `demo`: shows the main job without a key, and goes on serving. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('Show a whole conversation with a tool call, without a key or an account, and go on serving.')
    .option('--once', 'stop after the conversation')
    .addOption(
      new Option('--phone <carrier>', 'have it by telephone, through a stand-in for a carrier').choices(phoneLineNames),
    )
    .option('--port <number>', 'port of the relay, 0 for any', wholeNumberOption(0, 65_535), 8_000)
    .option('--log-file <path>', 'where the relay writes its log', 'data/demo.log')
    .action(demo);
}

async function demo({ once, ...options }: Omit<DemoOptions, 'print'> & { once?: true }): Promise<void> {
  const { port, logFile, phone } = options;
  try {
    const running = await runDemo({ ...options, print: (line) => console.log(line) });
    if (once === true) {
      await running.close();
      process.exit(exitCode.done);
    }
    explainNext(running, logFile, phone ? demoKey : undefined);
    const stop = () => void running.close().then(() => process.exit(exitCode.done));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    console.error(startFailure(error));
    if (isPortTaken(error)) console.error(`Another port: npm run demo -- --port ${port + 10}`);
    process.exit(exitCode.failed);
  }
}

const isPortTaken = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

function explainNext({ relay, webhooks }: RunningDemo, logFile: string, key: string | undefined): void {
  const credential = key === undefined ? 'without a credential' : `with the key ${key}`;
  const header = key === undefined ? '' : ` -H 'authorization: Bearer ${key}'`;
  const page = key === undefined ? `\n  Talk to it         ${relay.url}/  (in a browser: by voice or in writing)` : '';
  console.log(`
The webhook was called ${webhooks === 1 ? 'once' : `${webhooks} times`}. The relay goes on serving; Ctrl-C stops it.
${page}
  Realtime clients   ${relay.url.replace('http', 'ws')}/v1/realtime  (from this machine, ${credential})
  Book over HTTP     curl -s ${relay.url}/api/execute-intent -H 'content-type: application/json'${header} \\
                       -d '{"tool_name":"create_appointment","org_id":"org_demo_001","tool_args":{"title":"Check-up",
                            "start_time":"2024-12-20T14:00:00Z","end_time":"2024-12-20T14:30:00Z","attendee_email":"user@example.com"}}'
  Counts             curl -s ${relay.url}/api/execute-intent/stats${header}
  The relay's log    tail -f ${logFile} | grep -E "(execute-intent|Zapier|Intent)"
`);
}
