import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** One file of the page, as it is sent. */
export interface PageFile {
  /** Its path below `/`, such as `voices/booking.wav`. */
  readonly path: string;
  readonly body: Buffer;
  readonly type: string;
  /** Changes with the content. */
  readonly etag: string;
}

/** The kinds of files a page consists of; what has another ending is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
};

/**
 * Reads the built page, once: what is not in a folder then is never served, whatever a request asks for.
 *
 * @returns Undefined where there is no `index.html`: the page has not been built.
 */
export function readPageFiles(folder: string): readonly PageFile[] | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) return [];
    const file = join(entry.parentPath, entry.name);
    return [pageFile(file.slice(join(folder, sep).length).replaceAll(sep, '/'), readFileSync(file), type)];
  });
}

/** A file with its ETag. */
export const pageFile = (path: string, body: Buffer, type: string): PageFile => ({
  path,
  body,
  type,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
});
