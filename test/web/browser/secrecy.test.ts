import { secretsOf } from '../../e2e/support/secrets';
import { found } from '../../canary/marks';
import { belongingsOf, keepAnswers } from './support/belongings';
import { bookBySampleVoice } from './support/booking';
import { confirmation, describePage, press, says, sentences, wholeBooking, write } from './support/page-suite';
import { type Visit } from './support/visit';

/** What only the relay, its org and upstream may know. */
const secrets = {
  upstreamKey: 'CANARY-upstream-key-77c1',
  orgKey: 'CANARY-org-key-77c1-0123456789',
  operatorKey: 'CANARY-operator-key-77c1',
  tokenSecret: 'CANARY-token-secret-77c1-0123456789abcdef',
  instructions: 'CANARY-instructions-77c1',
  webhookPath: '/hooks/catch/1/secret/',
  webhookAnswer: 'CANARY-webhook-answer-77c1',
} as const;

/** Words that nothing has but what tells of tools. */
const words = ['function_call', 'appointment_id', 'is_duplicate', 'attendee_email', 'create_appointment'];

describePage('what a page is sent and holds after a booking', (suite) => {
  it.each([
    ['in writing', bookInWriting],
    ['with the sample voice', bookBySampleVoice],
  ])(
    '%s, tells of no tool, no prompt and no key: not on the network, in storage, in its memory or in its document',
    async (_way, book) => {
      const { url, hook, simulator, relay } = await suite.openHouse({
        variables: {
          OPENAI_API_KEY: secrets.upstreamKey,
          RELAY_API_KEY: secrets.orgKey,
          OPERATOR_KEY: secrets.operatorKey,
          RELAY_TOKEN_SECRET: secrets.tokenSecret,
        },
        simulator: { heard: sentences },
        session: { instructions: `Book what is asked for. ${secrets.instructions}` },
        answers: [
          (response) => {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify({ status: 'success', id: secrets.webhookAnswer }));
          },
        ],
      });
      const token = await mint(relay.url);
      const visited = await suite.open('about:blank', { allowsMicrophone: false });
      const { page, wire } = visited;
      const answers = keepAnswers(page.context());
      await page.goto(`${url}#token=${token}`);
      await book(visited);
      expect(hook.requests).toHaveLength(1);

      const { answers: sent, stored, memory, document } = await belongingsOf(page, answers);
      // What is looked through is what it should be.
      expect(wire.events.length).toBeGreaterThan(20);
      expect(sent.some((answer) => answer.includes('workletUrl') || answer.includes('worklet.js'))).toBe(true);
      expect(memory).toContain(confirmation);
      expect(document).toContain(confirmation);
      expect(stored).toEqual([]);

      const ofSession = secretsOf(await simulator.session(0));
      expect(ofSession.length).toBeGreaterThan(10);
      const marks = Object.fromEntries([...ofSession, ...words, ...Object.values(secrets)].map((mark) => [mark, mark]));
      expect(found([...wire.events.map(({ raw }) => raw), ...wire.addresses].join('\n'), marks)).toEqual([]);
      expect(found([...sent, document].join('\n'), marks)).toEqual([]);
      expect(found(memory, marks)).toEqual([]);
      // The token itself is in no address, no storage and no document.
      expect(page.url() + document + (await page.evaluate(() => JSON.stringify(history.state)))).not.toContain(token);
    },
  );
});

async function bookInWriting({ page }: Visit): Promise<void> {
  await press(page, 'Type instead');
  await write(page, wholeBooking);
  await says(page, confirmation);
}

async function mint(relayUrl: string): Promise<string> {
  const response = await fetch(`${relayUrl}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.orgKey}` },
  });
  return ((await response.json()) as { value: string }).value;
}
