import type { Command } from 'commander';
import { type DemoOptions, type RunningDemo, runDemo } from '../demo/demo';
import { exitCode } from './exit-code';
import { wholeNumberOption } from './number-option';
import { startFailure } from './start-failure';

/** `demo`: shows the main job without a key, and goes on serving. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('Show a whole conversation with a tool call, without a key or an account, and go on serving.')
    .option('--once', 'stop after the conversation')
    .option('--port <number>', 'port of the relay, 0 for any', wholeNumberOption(0, 65_535), 8_000)
    .option('--log-file <path>', 'where the relay writes its log', 'data/demo.log')
    .action(demo);
}

async function demo({ once, port, logFile }: Omit<DemoOptions, 'print'> & { once?: true }): Promise<void> {
  try {
    const running = await runDemo({ port, logFile, print: (line) => console.log(line) });
    if (once === true) {
      await running.close();
      process.exit(exitCode.done);
    }
    explainNext(running, logFile);
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

function explainNext({ relay, webhooks }: RunningDemo, logFile: string): void {
  console.log(`
The webhook was called ${webhooks === 1 ? 'once' : `${webhooks} times`}. The relay goes on serving; Ctrl-C stops it.

  Realtime clients   ${relay.url.replace('http', 'ws')}/v1/realtime  (from this machine, without a credential)
  Book over HTTP     curl -s ${relay.url}/api/execute-intent -H 'content-type: application/json' \\
                       -d '{"tool_name":"create_appointment","org_id":"org_demo_001","tool_args":{"title":"Check-up",
                            "start_time":"2024-12-20T14:00:00Z","end_time":"2024-12-20T14:30:00Z","attendee_email":"user@example.com"}}'
  Counts             curl -s ${relay.url}/api/execute-intent/stats
  The relay's log    tail -f ${logFile} | grep -E "(execute-intent|Zapier|Intent)"
`);
}
