import fastify from 'fastify';
import { StoreUnavailableError } from '../../../pipeline';
import { loggerTo } from '../../../src/log';
import { telnyx } from '../../../src/telephony/carriers/telnyx';
import { createMediaTokens } from '../../../src/telephony/media-token';
import { createSwitchboard } from '../../../src/telephony/switchboard';
import { addVoiceRoutes } from '../../../src/telephony/voice-routes';
import { telephonyFor } from '../../e2e/support/phone-house';
import { ringAt } from '../../e2e/support/telnyx-house';
import { openDoor } from '../support/doors';
import { orgWith } from '../support/org';

/** Rings once at routes before a store that does as given. Resolves with the addresses of the commands that were given. */
async function commandsAfterRinging(redeem: () => Promise<boolean>): Promise<string[]> {
  const commands: string[] = [];
  const app = fastify();
  const publicUrl = 'https://relay.example.com';
  const orgs = [orgWith({ telephony: telephonyFor('telnyx', 'http://127.0.0.1:9') })];
  addVoiceRoutes(app, {
    carriers: [telnyx],
    switchboard: createSwitchboard(orgs, publicUrl),
    calls: {
      isAwaited: () => false,
      isOn: () => false,
      announce: () => true,
      command: (_line, _callId, { path }) => void commands.push(path),
    },
    door: openDoor,
    tokens: createMediaTokens('s'.repeat(32)),
    store: { redeem },
    publicUrl,
    isDraining: () => false,
    metrics: { refused: () => undefined },
    log: loggerTo({ write: () => undefined }),
  });
  const answer = await ringAt(await app.listen({ host: '127.0.0.1', port: 0 }), 'v3:a');
  await app.close();
  expect(answer.status).toBe(204);
  return commands;
}

const answerCommand = ['/v2/calls/v3%3Aa/actions/answer'];

it.each([
  ['no process has been asked about it', () => Promise.resolve(true), answerCommand],
  ['another process has been asked about it', () => Promise.resolve(false), []],
  ['nobody knows', () => Promise.reject(new StoreUnavailableError('down', 'It is away.')), answerCommand],
])('what a carrier is commanded about a call that rings when %s', async (_when, redeem, commands) => {
  expect(await commandsAfterRinging(redeem)).toEqual(commands);
});
