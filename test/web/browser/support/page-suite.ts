import { type Browser, type Page } from 'playwright-core';
import { Closing } from '../../../pipeline/support/closing';
import { type BrowserParts, describeInChromium, launchChromium, type UserParts } from './chromium';
import { openWebHouse, type WebHouse, type WebHouseParts } from './house';
import { microphoneHearing } from './microphone';
import { buildPage } from './page-folder';
import { patienceMs, type Visit, visit } from './visit';

/** What the tests of the page are done with; all that was opened is closed after each. */
export interface PageSuite {
  readonly opened: Closing;
  /** A relay with the page as it stands now. */
  openHouse(parts?: Partial<WebHouseParts>): Promise<WebHouse>;
  /**
   * Somebody opens the page, in a browser whose microphone hears a request for an appointment. Whatever the browser complains
   * of fails the test.
   */
  open(url: string, user?: UserParts): Promise<Visit>;
  /** The same in a browser on another machine. */
  openOn(machine: BrowserParts, url: string, user?: UserParts): Promise<Visit>;
}

/** Describes the page in a real browser: one for all tests, with a fresh profile for each visit. */
export function describePage(name: string, tests: (suite: PageSuite) => void): void {
  const built = new Closing();
  const opened = new Closing();
  const visits: Visit[] = [];
  let folder: string;
  let browser: Browser;

  const openBy = async (by: Browser, url: string, user?: UserParts): Promise<Visit> => {
    const visited = await visit(by, url, user);
    visits.push(visited);
    return visited;
  };

  describeInChromium(name, () => {
    // What is said is said in real time.
    jest.setTimeout(2 * patienceMs);
    beforeAll(async () => {
      folder = await buildPage(built);
      browser = await launchChromium(built, { microphone: await microphoneHearing(built, 500, 'booking', 1_000) });
    });
    afterEach(async () => {
      const complaints = visits.splice(0).flatMap((visited) => visited.complaints);
      await Promise.all(browser.contexts().map((user) => user.close()));
      await opened.all();
      expect(complaints).toEqual([]);
    });
    afterAll(() => built.all());

    tests({
      opened,
      openHouse: (parts) => openWebHouse(opened, { page: folder, ...parts }),
      open: (url, user) => openBy(browser, url, user),
      openOn: async (machine, url, user) => openBy(await launchChromium(opened, machine), url, user),
    });
  });
}

/** What the stand-in for OpenAI takes spoken turns for, and the sample voice says. */
export const sentences = [
  'I’d like to book an appointment, please.',
  'It is about a haircut, tomorrow at ten, for thirty minutes.',
  'My e-mail is anna@example.com.',
  'Thank you, goodbye.',
] as const;

/** All of it in one. */
export const wholeBooking = 'Book a haircut tomorrow at 10:00, my e-mail is anna@example.com';

/** What the assistant says when the appointment is booked. */
export const confirmation = 'Appointment created and confirmation email sent to anna@example.com';

/** Resolves when the conversation shows these words. */
export const says = (page: Page, words: string): Promise<void> =>
  page.getByRole('log').getByText(words).first().waitFor();

/** Resolves when the page has this heading, which tells the state it is in. */
export const heading = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { name }).waitFor();

/** Presses a button. */
export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click();

/** Sends a message. */
export async function write(page: Page, words: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(words);
  await page.keyboard.press('Enter');
}
