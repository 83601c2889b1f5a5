import { type BrowserContext, type Page } from 'playwright-core';

/** Everything that a page has been sent and holds, as texts to look through. */
export interface Belongings {
  /** Of each answer over HTTP, its address, headers and content. */
  readonly answers: readonly string[];
  /** Cookies, storage, databases and caches. */
  readonly stored: readonly string[];
  /** Every text in the memory of the page's scripts. */
  readonly memory: string;
  /** What stands in its document. */
  readonly document: string;
}

/** Keeps what comes to a user's pages over HTTP; to be called before they are opened. */
export function keepAnswers(user: BrowserContext): Promise<string>[] {
  const answers: Promise<string>[] = [];
  user.on('response', (response) => {
    const text = async () => {
      const head = JSON.stringify(await response.allHeaders());
      // A redirect has no content, and an aborted answer none any more.
      return [response.url(), head, await response.text().catch(() => '')].join('\n');
    };
    answers.push(text());
  });
  return answers;
}

/** Looks at everything a page has now. */
export async function belongingsOf(page: Page, answers: readonly Promise<string>[]): Promise<Belongings> {
  return {
    answers: await Promise.all(answers),
    stored: await storedBy(page),
    memory: await memoryOf(page),
    document: await page.content(),
  };
}

async function storedBy(page: Page): Promise<string[]> {
  const cookies = await page.context().cookies();
  const inPage = await page.evaluate(async () => [
    ...[localStorage, sessionStorage].flatMap((storage) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').map((key) => [
        key,
        storage.getItem(key) ?? '',
      ]),
    ),
    ...(await indexedDB.databases()).map(({ name }) => ['database', name ?? '']),
    ...(await caches.keys()).map((name) => ['cache', name]),
    ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => ['service worker', scope]),
  ]);
  return [...cookies.map((cookie) => JSON.stringify(cookie)), ...inPage.map((pair) => pair.join('='))];
}

/** A heap snapshot, in which every text of the page's scripts stands. */
async function memoryOf(page: Page): Promise<string> {
  const devTools = await page.context().newCDPSession(page);
  const parts: string[] = [];
  devTools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => parts.push(chunk));
  await devTools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await devTools.detach();
  return parts.join('');
}
