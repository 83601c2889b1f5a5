import { exitCode } from '../exit-code';
import { settingsOrExit } from '../settings';
import type { IntentDesk, Reply } from './desk';
import { openDesk } from './open-desk';

/** What every command about intents takes. */
export interface DeskOptions {
  readonly url?: string;
}

/** Runs a command at the desk there is and ends the process with the exit code it returns; 1 where there is no desk. */
export async function withDesk({ url }: DeskOptions, command: (desk: IntentDesk) => Promise<number>): Promise<never> {
  const opened = await openDesk(settingsOrExit({ needsUpstream: false }), url);
  if (opened.kind === 'failed') {
    console.error(opened.reason);
    return process.exit(exitCode.failed);
  }
  try {
    return process.exit(await command(opened.desk));
  } finally {
    await opened.desk.close();
  }
}

/** What a request was answered; undefined, and said on standard error, where it was refused. */
export function valueOrSay<A>(reply: Reply<A>): A | undefined {
  if (reply.kind === 'done') return reply.value;
  console.error(reply.message);
  return undefined;
}
