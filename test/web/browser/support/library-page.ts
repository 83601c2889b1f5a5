import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Page } from 'playwright-core';
import { buildClient } from '../../../../web/build';
import { type Call, type CallEvents, type CallOptions, type connect } from '../../../../web/client';
import { type Closing } from '../../../pipeline/support/closing';
import { addRecorder, recordSpeakers } from './speaker';

/** A folder with a page that has the library and does nothing by itself; it is deleted after the test. */
export async function blankPage(opened: Closing): Promise<string> {
  const folder = opened.add(await mkdtemp(join(tmpdir(), 'relay-library-')), (made) => rm(made, { recursive: true }));
  await buildClient(folder);
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>Blank</title><script type="module" src="boot.js"></script>',
  );
  await writeFile(join(folder, 'boot.js'), "import { connect } from './index.js';\nwindow.library = { connect };\n");
  await addRecorder(folder);
  return folder;
}

/** One thing a call has told. */
export interface Told {
  readonly event: keyof CallEvents;
  readonly detail: unknown;
}

declare global {
  interface Window {
    library: { readonly connect: typeof connect };
    call: Call;
    told: Told[];
  }
}

/** Opens the page of a relay and waits until it has the library. */
export async function openLibrary(user: BrowserContext, url: string): Promise<Page> {
  await recordSpeakers(user);
  const page = await user.newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'library' in window);
  return page;
}

/** Options of a call that can be handed to a page. */
export interface CallParts extends Partial<Omit<CallOptions, 'token' | 'workletUrl'>> {
  /** Left out: one that the relay gives to this machine. */
  readonly token?: string;
  /** Undefined: the worklet inside the library. Left out: the file beside it. */
  readonly workletUrl?: string | undefined;
}

/** Begins a call in the page, from a click as a user would. */
export async function beginCall(page: Page, options: CallParts = {}): Promise<void> {
  await page.mouse.click(1, 1);
  await page.evaluate(connectInPage, options);
}

/** Has every page of this user call as soon as it is loaded, before anybody has touched it. */
export async function callByItself(user: BrowserContext): Promise<void> {
  await user.addInitScript(`addEventListener('load', () => (${connectInPage.toString()})({}));`);
}

/** Runs in a page. */
function connectInPage(given: CallParts): void {
  const mint = async () => {
    const answer = await fetch('/v1/realtime/client_secrets', { method: 'POST' });
    const { value } = (await answer.json()) as { value: string };
    return value;
  };
  window.told = [];
  const { workletUrl = 'workletUrl' in given ? undefined : 'worklet.js', ...options } = given;
  const worklet = workletUrl === undefined ? {} : { workletUrl };
  window.call = window.library.connect({ url: '/v1/realtime', token: mint, ...worklet, ...options });
  const events = ['state', 'transcript', 'activity', 'latency', 'conversation', 'error', 'levels'] as const;
  for (const event of events) {
    window.call.on(event, (detail: unknown) => {
      const plain =
        detail instanceof Error ? { code: Reflect.get(detail, 'code') as unknown, message: detail.message } : detail;
      window.told.push({ event, detail: plain });
    });
  }
}

/** Everything the call has told so far of one kind. */
export async function told<Name extends keyof CallEvents>(
  page: Page,
  event: Name,
): Promise<readonly CallEvents[Name][]> {
  const all = await page.evaluate(() => window.told);
  // A cast, because what comes out of a page has no types.
  return all.filter((each) => each.event === event).map(({ detail }) => detail as CallEvents[Name]);
}

/** Resolves when the call has told something of which this is a part. */
export async function untilTold(page: Page, event: keyof CallEvents, part: object | string): Promise<void> {
  await page.waitForFunction(
    ([name, wanted]) => {
      const includes = (whole: unknown, some: unknown): boolean =>
        typeof some === 'object' && some !== null && typeof whole === 'object' && whole !== null
          ? Object.entries(some).every(([key, value]) => includes(Reflect.get(whole, key), value))
          : whole === some;
      return window.told.some((each) => each.event === name && includes(each.detail, wanted));
    },
    [event, part] as const,
  );
}
