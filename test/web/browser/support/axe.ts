import type * as axe from 'axe-core';
import { source } from 'axe-core';
import { type Page } from 'playwright-core';

/** Expects that axe finds nothing wrong in what a page shows now. */
export async function expectAccessible(page: Page): Promise<void> {
  // As a debugger would: the page's own policy lets no stranger's script in.
  await page.evaluate(source);
  const faults = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${impact ?? ''} ${id} at ${target.join(' ')}: ${failureSummary ?? ''}`,
      ),
    );
  });
  expect(faults).toEqual([]);
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}
