import { join } from 'node:path';
import { secrets } from './marks';

const pipeline = JSON.stringify(join(__dirname, '../../pipeline'));
const zod = JSON.stringify(require.resolve('zod'));

/** How an org's webhook behaves, by the id of the org. */
export type Hooks = Readonly<Record<string, string>>;

/** The key of an org. */
export const keyOf = (org: string) => `${secrets.orgKey}-${org}`;

/** What an org's webhook reports with. */
export const callbackSecretOf = (org: string) => `${secrets.callbackSecret}-${org}`;

/** A config file with an org for each webhook, and tools that throw whatever they have. */
export function configFile(hooks: Hooks): string {
  const orgs = Object.fromEntries(
    Object.entries(hooks).map(([id, url]) => [
      id,
      {
        apiKeys: [keyOf(id)],
        session: {
          instructions: secrets.instructions,
          audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } },
        },
        webhook: {
          url: url + secrets.webhookPath,
          headers: { 'x-canary': secrets.webhookHeader },
          signingSecrets: [`whsec_${secrets.signingSecret}`],
          callbackSecret: callbackSecretOf(id),
          deadlineMs: 1_000,
        },
      },
    ]),
  );
  return `
    const { z } = require(${zod});
    const { defineTool, ToolFailure } = require(${pipeline});
    const secrets = ${JSON.stringify(secrets)};
    const tool = (name, execute) => defineTool({ name, description: name, parameters: z.object({}), execute });
    const failure = () => {
      const cause = Object.assign(new TypeError(secrets.toolCause), { url: secrets.toolCause, headers: { a: secrets.toolCause } });
      const error = new Error(secrets.toolMessage + '\\n    at ' + secrets.toolMessage + ' (x.js:1:1)', { cause });
      return Object.assign(error, { name: secrets.toolName, response: { body: secrets.toolMessage } });
    };
    module.exports = {
      orgs: ${JSON.stringify(orgs)},
      tools: [
        tool('throws', () => { throw failure(); }),
        tool('rejects', () => Promise.reject(failure())),
        tool('throws_text', () => { throw secrets.toolMessage; }),
        tool('gives_up', () => { throw new ToolFailure('rejected', secrets.toolReason, { code: 'gave_up' }, { cause: failure() }); }),
        tool('tells', () => ({ message: secrets.toolOutput, facts: { fact: secrets.toolOutput } })),
        tool('bomb', () => { setTimeout(() => { throw new Error(secrets.crash, { cause: new Error(secrets.crash) }); }); return 'Lit.'; }),
      ],
    };`;
}
