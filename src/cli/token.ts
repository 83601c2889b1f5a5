import type { Command } from 'commander';
import { z } from 'zod';
import { createClientTokens, tokenLifetime } from '../auth/client-token';
import type { RelayConfig } from '../config';
import { exitCode } from './exit-code';
import { wholeNumberOption } from './number-option';
import { ownOrigin } from './own-origin';
import { settingsOrExit } from './settings';

interface TokenOptions {
  readonly url?: string;
  readonly key?: string;
  readonly org?: string;
  readonly seconds: number;
  readonly direct?: true;
}

/** `token`: prints a client token. */
export function addToken(program: Command): void {
  program
    .command('token')
    .description('Print a short-lived token with which a browser may open sessions.')
    .option('--url <origin>', 'the relay to ask; left out: the one that HOST and PORT say')
    .option('--key <key>', "a key of the org; left out: the org's first in the settings")
    .option('--org <id>', 'the org; left out: the only one')
    .option(
      '--seconds <number>',
      'how long it opens sessions',
      wholeNumberOption(tokenLifetime.minS, tokenLifetime.maxS),
      tokenLifetime.defaultS,
    )
    .option('--direct', 'sign it here with RELAY_TOKEN_SECRET, without asking a relay')
    .addHelpText('after', '\nThe token goes to standard output, alone on its line.')
    .action(printToken);
}

async function printToken(options: TokenOptions): Promise<void> {
  const config = settingsOrExit({ needsUpstream: false });
  const outcome = options.direct ? await sign(config, options) : await ask(config, options);
  if (outcome.kind === 'failed') {
    console.error(outcome.reason);
    process.exit(exitCode.failed);
  }
  console.log(outcome.token);
}

type Outcome =
  { readonly kind: 'minted'; readonly token: string } | { readonly kind: 'failed'; readonly reason: string };

const failed = (reason: string): Outcome => ({ kind: 'failed', reason });

async function sign(config: RelayConfig, options: TokenOptions): Promise<Outcome> {
  const org = orgFor(config, options);
  if (!org) return failed(whichOrg(config));
  if (config.tokenSecret === undefined) {
    return failed(
      'RELAY_TOKEN_SECRET: is required with --direct; without it every start of a relay signs differently.',
    );
  }
  const { value } = await createClientTokens(config.tokenSecret).mint(org.id, options.seconds);
  return { kind: 'minted', token: value };
}

async function ask(config: RelayConfig, options: TokenOptions): Promise<Outcome> {
  const key = options.key ?? orgFor(config, options)?.apiKeys[0];
  if (options.key === undefined && !orgFor(config, options)) return failed(whichOrg(config));
  const origin = options.url ?? ownOrigin(config);
  if (!URL.canParse(origin)) return failed('--url: must be an origin such as https://voice.example.com.');
  try {
    const response = await fetch(new URL('/v1/realtime/client_secrets', origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ expires_after: { anchor: 'created_at', seconds: options.seconds } }),
      redirect: 'error',
      signal: AbortSignal.timeout(requestMs),
    });
    const answer = answerSchema.safeParse(await response.json());
    if (!answer.success) return failed(`What answers at ${origin} is no relay.`);
    return 'value' in answer.data
      ? { kind: 'minted', token: answer.data.value }
      : failed(`${origin} refused: ${answer.data.error.message}`);
  } catch {
    return failed(`No relay answers at ${origin}: start one with "serve", or name another with --url.`);
  }
}

const requestMs = 10_000;

const answerSchema = z.union([z.object({ value: z.string() }), z.object({ error: z.object({ message: z.string() }) })]);

const orgFor = ({ orgs }: RelayConfig, { org: wanted }: TokenOptions) =>
  wanted === undefined && orgs.length === 1 ? orgs[0] : orgs.find(({ id }) => id === wanted);

const whichOrg = ({ orgs }: RelayConfig) => `--org: must be one of ${orgs.map(({ id }) => id).join(', ')}.`;
