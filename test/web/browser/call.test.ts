import { type Page } from 'playwright-core';
import { Closing } from '../../pipeline/support/closing';
import { describeInChromium, launchChromium, newUser } from './support/chromium';
import { openWebHouse, type WebHouse, type WebHouseParts } from './support/house';
import { beginCall, blankPage, openLibrary, told, untilTold } from './support/library-page';
import { microphoneHearing, type Sound } from './support/microphone';
import { allHeardBy, playedOf, sentSpeech } from './support/played';
import { Wire } from './support/wire';

const opened = new Closing();
afterEach(() => opened.all());

/** A page with the library, in front of a relay, and a microphone that hears this. */
async function openPage(
  sounds: readonly Sound[],
  parts: Partial<WebHouseParts> = {},
): Promise<{ readonly house: WebHouse; readonly page: Page; readonly wire: Wire }> {
  const house = await openWebHouse(opened, { page: await blankPage(opened), ...parts });
  const browser = await launchChromium(opened, { microphone: await microphoneHearing(opened, ...sounds) });
  const page = await openLibrary(await newUser(browser), house.url);
  return { house, page, wire: new Wire(page) };
}

describeInChromium('a call from a page', () => {
  it('is heard, sees its words, and hears the answer to its last sample', async () => {
    const { page, wire } = await openPage([500, 'booking', 3_000]);
    await beginCall(page);
    await untilTold(page, 'transcript', { role: 'user', text: 'Hello.', isFinal: true });
    await untilTold(page, 'state', { name: 'speaking' });
    await untilTold(page, 'transcript', { role: 'assistant', isFinal: true });
    await page.waitForFunction(() => window.call.state.name === 'listening');
    await wire.next('relay', 'response.done');

    const words = (await told(page, 'transcript')).filter(({ role }) => role === 'assistant').map(({ text }) => text);
    expect(words.length).toBeGreaterThan(5);
    expect(words.every((text, at) => text.startsWith(words[at - 1] ?? ''))).toBe(true);
    const speech = sentSpeech(wire);
    expect(speech.length).toBeGreaterThan(24_000);
    expect(playedOf(speech, await allHeardBy(page))).toBe(speech.length);
    const [latency] = await told(page, 'latency');
    // The relay's side takes half a second of silence to be sure that the user has finished.
    expect(latency?.ms).toBeGreaterThan(400);
    expect(latency?.ms).toBeLessThan(5_000);
  });

  it('truncates an answer that it interrupts at what was played', async () => {
    const { page, wire } = await openPage([500, 'booking', 2_500, 'details', 3_000]);
    await beginCall(page);
    const { json } = await wire.next('page', 'conversation.item.truncate');
    await untilTold(page, 'transcript', { role: 'assistant', isInterrupted: true });
    const heard = await allHeardBy(page);
    const playedMs = playedOf(sentSpeech(wire, json['item_id']), heard) / 24;
    expect(playedMs).toBeGreaterThan(500);
    // What fades out in the last 5 ms is not the same any more.
    expect(Math.abs(Number(json['audio_end_ms']) - playedMs)).toBeLessThan(10);
    await wire.next('relay', 'conversation.item.truncated');
    expect(wire.all('relay', 'error')).toEqual([]);
  });
});
