import { writeFileSync } from 'node:fs';
import { htmlReport } from '../../../replay/load/report/html';
import type { Summary } from '../../../replay/load/report/summary';
import type { ReplayOptions } from './options';

/** Writes the reports that were asked for. A file that cannot be written loses none of the others. */
export function writeReports(summary: Summary, { json, html }: Pick<ReplayOptions, 'json' | 'html'>): void {
  if (json !== undefined) write(json, `${JSON.stringify(summary, null, 2)}\n`);
  if (html !== undefined) write(html, htmlReport(summary));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
    console.log(`\nWritten: ${file}`);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'cannot be written to';
    console.error(`${file}: ${why}`);
    process.exitCode = 1;
  }
}
