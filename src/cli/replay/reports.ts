import { writeFileSync } from 'node:fs';
import { htmlReport } from '../../../replay/load/report/html';
import type { Summary } from '../../../replay/load/report/summary';
import type { ReplayOptions } from './options';

/** Writes the reports that were asked for. One that cannot be written keeps none of the others. Returns whether all were. */
export function writeReports(summary: Summary, { json, html }: Pick<ReplayOptions, 'json' | 'html'>): boolean {
  const isJsonWritten = json === undefined || write(json, `${JSON.stringify(summary, null, 2)}\n`);
  const isHtmlWritten = html === undefined || write(html, htmlReport(summary));
  return isJsonWritten && isHtmlWritten;
}

function write(file: string, text: string): boolean {
  try {
    writeFileSync(file, text);
    console.log(`Written: ${file}`);
    return true;
  } catch (error) {
    console.error(
      `${file}: cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : 'failed'}).`,
    );
    return false;
  }
}
