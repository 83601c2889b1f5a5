import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/package-root';

/** The cells of the table under a heading of docs/protocol.md, without its head and without backticks. */
export const protocolTable = (heading: string) => tableOf('protocol.md', heading);

/** The same of any file in docs/. */
export function tableOf(file: string, heading: string): string[][] {
  const text = readFileSync(join(packageRoot, 'docs', file), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}
