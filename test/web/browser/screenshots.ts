import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Page } from 'playwright-core';
import { Closing } from '../../pipeline/support/closing';
import { accept, type Answer } from '../../pipeline/support/webhook-catcher';
import { launchChromium } from './support/chromium';
import { openWebHouse } from './support/house';
import { buildPage } from './support/page-folder';
import { confirmation, heading, press, says, sentences, write } from './support/page-suite';
import { visit } from './support/visit';

/**
 * Takes pictures of the page: `npm run screenshots` those that the documentation shows, into `docs/images`;
 * `npm run screenshots -- <folder>` every state in every look, to be looked at after a change.
 */
async function main(folder: string | undefined): Promise<void> {
  const opened = new Closing();
  try {
    await takeAll(opened, folder ?? 'docs/images', folder === undefined ? (name) => shown.has(name) : () => true);
  } finally {
    await opened.all();
  }
}

/** What the documentation shows. */
const shown = new Set(['call-light-desktop', 'call-dark-phone', 'over-light-phone']);

const looks = [
  ['light-desktop', { colorScheme: 'light', viewport: { width: 1_080, height: 720 } }],
  ['dark-desktop', { colorScheme: 'dark', viewport: { width: 1_080, height: 720 } }],
  ['light-phone', { colorScheme: 'light', viewport: { width: 390, height: 780 } }],
  ['dark-phone', { colorScheme: 'dark', viewport: { width: 390, height: 780 } }],
  ['still', { colorScheme: 'light', viewport: { width: 1_080, height: 720 }, reducedMotion: 'reduce' }],
] as const;

/** As a webhook that has something to look up: long enough to be seen. */
const takeTime: Answer = (response, request) => void sleep(1_200).then(() => accept(response, request));

async function takeAll(opened: Closing, folder: string, isWanted: (name: string) => boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  const page = await buildPage(opened);
  const browser = await launchChromium(opened);
  for (const [look, user] of looks) {
    // For each look a house of its own: what is booked in one is a duplicate in the next.
    const house = await openWebHouse(opened, {
      page,
      isDemo: true,
      answers: [takeTime],
      simulator: { heard: sentences },
    });
    const visited = await visit(browser, house.url, user);
    await takeStates(visited.page, async (state) => {
      const name = `${state}-${look}`;
      if (isWanted(name)) await visited.page.screenshot({ path: join(folder, `${name}.png`) });
    });
    await visited.page.context().close();
  }
}

async function takeStates(page: Page, take: (state: string) => Promise<void>): Promise<void> {
  // The waveform moves, and is best seen when something has been heard.
  const moment = () => page.waitForTimeout(1_800);
  await page.waitForTimeout(900);
  await take('ready');
  await press(page, 'Use a sample voice');
  await heading(page, 'Listening');
  await press(page, sentences[0]);
  await moment();
  await take('listening');
  await says(page, 'Please tell me what it is about');
  await moment();
  await take('speaking');
  await press(page, sentences[1]);
  await says(page, 'Please tell me which e-mail address');
  await press(page, sentences[2]);
  await page.getByRole('log').getByText('The assistant is checking something').waitFor();
  await page.waitForTimeout(400);
  await take('checking');
  await says(page, confirmation);
  await moment();
  await take('call');
  await press(page, 'Microphone and speaker');
  await take('devices');
  await page.keyboard.press('Escape');
  await press(page, 'End the call');
  await heading(page, 'The call has ended');
  await take('over');
  await page.getByText('Conversation', { exact: true }).click();
  await take('over-conversation');
  await page.reload();
  await press(page, 'Start talking');
  await page.getByRole('alert').waitFor();
  await write(page, 'Hello');
  await says(page, 'I can book');
  await take('notice');
}

void main(process.argv[2]);
