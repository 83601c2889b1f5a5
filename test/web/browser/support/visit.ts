import { type Browser, type Page } from 'playwright-core';
import { newUser, type UserParts } from './chromium';
import { recordSpeakers } from './speaker';
import { Wire } from './wire';

/** Somebody who has opened the page. */
export interface Visit {
  readonly page: Page;
  readonly wire: Wire;
  /** What the browser complains of: faults of scripts, and what the page's policy forbids. */
  readonly complaints: readonly string[];
}

/** How long a test waits for anything, in milliseconds. */
export const patienceMs = 60_000;

/** Opens the page for somebody with a fresh profile. */
export async function visit(browser: Browser, url: string, parts: UserParts = {}): Promise<Visit> {
  const user = await newUser(browser, parts);
  user.setDefaultTimeout(patienceMs);
  await recordSpeakers(user);
  const page = await user.newPage();
  const wire = new Wire(page);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (['error', 'warning'].includes(message.type()) && !isOfNetwork.test(text)) complaints.push(text);
  });
  await page.goto(url);
  return { page, wire, complaints };
}

/** What a refused connection, or a page without https, brings about by itself. */
const isOfNetwork =
  /Failed to load resource|WebSocket connection to|Cross-Origin-Opener-Policy header has been ignored/;
