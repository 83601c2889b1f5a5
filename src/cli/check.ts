import type { Command } from 'commander';
import type { RelayConfig } from '../config';
import { checkUpstream } from './check-upstream';
import { exitCode } from './exit-code';
import { settingsOrExit } from './settings';
import { summaryOf } from './summary';

/** `check`: says whether the settings are right, and what they amount to. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .description('Check the settings and show what they amount to, without secrets.')
    .option(
      '--live',
      "also open one session per org upstream, to see that key, model and the org's session fields are taken",
    )
    .addHelpText(
      'after',
      '\nExit code 0: all is right. 2: something is wrong, and what is printed says how to put it right.',
    )
    .action(async ({ live }: { readonly live?: true }) => {
      const config = settingsOrExit();
      console.log(summaryOf(config));
      for (const warning of config.warnings) console.log(`\nWarning: ${warning}`);
      if (live && !(await isUpstreamRight(config))) process.exit(exitCode.misused);
    });
}

/** Asks upstream about every org, one after the other. */
async function isUpstreamRight(config: RelayConfig): Promise<boolean> {
  let isRight = true;
  console.log('');
  for (const org of config.orgs) {
    const finding = await checkUpstream(config, org);
    console.log(`Upstream, org ${org.id}: ${finding.text}`);
    isRight &&= finding.isRight;
  }
  return isRight;
}
