import { type Page } from 'playwright-core';
import { type Scenario } from '../../../simulator';
import { hang } from '../../pipeline/support/webhook-catcher';
import { bookBySampleVoice } from './support/booking';
import { microphoneHearing } from './support/microphone';
import { confirmation, describePage, heading, press, says, sentences, wholeBooking, write } from './support/page-suite';
import { sentSpeech, soundOf } from './support/played';
import { audibleMs, heardBy, somethingHeard } from './support/speaker';

/** One word that is spoken without a pause. */
const longWord = 'a'.repeat(300);

describePage('a call on the page', (suite) => {
  describe('by microphone', () => {
    it('hears what is said, writes it down and answers so that it can be heard', async () => {
      const { url } = await suite.openHouse({ simulator: { heard: [sentences[0]] } });
      const { page, wire } = await suite.open(url);
      await press(page, 'Start talking');
      await says(page, sentences[0]);
      await says(page, 'Gladly. Please tell me what it is about');
      await page.getByText(/Answered after \d+\.\d s/).waitFor();
      await heading(page, 'Speaking');
      await somethingHeard(page);
      expect(wire.addresses).toEqual([`${url.replace('http', 'ws')}v1/realtime?activity=1`]);
    });

    it('books an appointment, once', async () => {
      const { url, hook } = await suite.openHouse({ simulator: { heard: sentences } });
      const spoken = [500, 'booking', 3_000, 'details', 3_000, 'email', 3_000] as const;
      const microphone = await microphoneHearing(suite.opened, ...spoken);
      const { page } = await suite.openOn({ microphone }, url);
      await press(page, 'Start talking');
      await says(page, confirmation);
      await somethingHeard(page);
      expect(hook.requests.map(({ body }) => body)).toEqual([expect.stringContaining('"title":"Haircut"')]);
    });
  });

  describe('with the sample voice', () => {
    it('falls silent when it is interrupted, and tells the model what was heard', async () => {
      const scenario: Scenario = {
        name: 'interrupted',
        turns: [{ steps: [{ say: longWord }] }, { steps: [{ wait_for: 'release' }] }],
      };
      const { url } = await suite.openHouse({ simulator: { scenario } });
      const { page, wire } = await suite.open(url);
      await press(page, 'Use a sample voice');
      await heading(page, 'Listening');
      await press(page, sentences[0]);
      await somethingHeard(page);
      await chunksAfter(page, 12);
      await press(page, sentences[1]);
      const { json } = await wire.next('page', 'conversation.item.truncate');
      await says(page, 'interrupted');
      await chunksAfter(page, 4);
      const heardMs = audibleMs(await heardBy(page));
      expect(heardMs).toBeGreaterThan(500);
      const told = sentSpeech(wire, json['item_id']).subarray(0, 24 * Number(json['audio_end_ms']));
      expect(Math.abs(heardMs - audibleMs(soundOf(told)))).toBeLessThan(100);
    });

    it('is one call, however often it is begun while the voice is loaded', async () => {
      const { url } = await suite.openHouse();
      const { page, wire } = await suite.open(url);
      const { promise: isPressed, resolve: goOn } = Promise.withResolvers<undefined>();
      await page.route('**/voices.json', async (route) => {
        await isPressed;
        await route.continue();
      });
      for (const name of ['Use a sample voice', 'Use a sample voice', 'Type instead']) await press(page, name);
      goOn(undefined);
      await heading(page, 'Listening');
      await press(page, 'End the call');
      await heading(page, 'The call has ended');
      await wire.closed();
      expect(wire.addresses).toHaveLength(1);
    });

    it('books an appointment, once, and says goodbye', async () => {
      const { url, hook } = await suite.openHouse({ simulator: { heard: sentences } });
      const visited = await suite.open(url, { allowsMicrophone: false });
      const { page } = visited;
      await bookBySampleVoice(visited);
      expect(hook.requests.map(({ body }) => body)).toEqual([expect.stringContaining('"title":"Haircut"')]);
      await press(page, sentences[3]);
      await heading(page, 'The call has ended');
      await page.getByText('The assistant has said goodbye.').waitFor();
      expect(hook.requests).toHaveLength(1);
    });
  });

  describe('in writing', () => {
    it('books an appointment with the keyboard alone', async () => {
      const { url, hook } = await suite.openHouse();
      const { page } = await suite.open(url);
      await tabTo(page, 'Type instead');
      await page.keyboard.press('Enter');
      await heading(page, 'Ready for your message');
      await page.keyboard.type(wholeBooking);
      await page.keyboard.press('Enter');
      await says(page, confirmation);
      expect(hook.requests).toHaveLength(1);
      await page.getByRole('status').getByText(confirmation).waitFor();
      await tabTo(page, 'End the call');
      await page.keyboard.press('Enter');
      await heading(page, 'The call has ended');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('over-title');
      await tabTo(page, 'New call');
      await page.keyboard.press('Enter');
      await heading(page, 'Ready for your message');
      expect(await page.getByRole('log').innerText()).toBe('');
    });

    it('says that the assistant is checking something as long as it does, and no more', async () => {
      const { url, hook } = await suite.openHouse({ answers: [hang], webhook: { deadlineMs: 1_500 } });
      const { page, wire } = await suite.open(url);
      await press(page, 'Type instead');
      await write(page, wholeBooking);
      await hook.caught(1);
      const note = page.getByRole('log').getByText('The assistant is checking something');
      await note.waitFor();
      expect((await wire.next('relay', 'relay.activity')).json).toEqual({
        type: 'relay.activity',
        event_id: expect.any(String) as string,
        state: 'busy',
      });
      await note.waitFor({ state: 'hidden' });
    });

    it('takes the microphone when it is turned on', async () => {
      const { url } = await suite.openHouse({ simulator: { heard: [sentences[0]] } });
      const { page } = await suite.open(url);
      await press(page, 'Type instead');
      await heading(page, 'Ready for your message');
      await press(page, 'The microphone is off');
      await heading(page, 'Listening');
      await says(page, sentences[0]);
    });
  });
});

/** Resolves when so many more pieces of what the speakers play have been recorded. */
async function chunksAfter(page: Page, count: number): Promise<void> {
  const before = await page.evaluate(() => window.recordedSpeakers.chunks.length);
  await page.waitForFunction((least) => window.recordedSpeakers.chunks.length >= least, before + count);
}

/** Goes on with the tab key until a button has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  for (let presses = 0; presses < 30; presses += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The tab key does not lead to “${name}”.`);
}
