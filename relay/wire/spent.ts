import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that are read before the buffers they came in are collected. */
export const collectAfterBytes = 4 * 2 ** 20;

/**
 * Counts what was read, and has spent buffers collected now and then.
 *
 * Every reading comes in a new buffer outside the heap. V8 minds those only when it plans full collections, and a relay hardly
 * makes other garbage: left alone, spent buffers pile up by the ten megabytes, every reading lands in memory that no cache
 * holds, and what frees them at last are full collections. Collecting the young often keeps the same few megabytes in use.
 */
export function countRead(bytes: number): void {
  readBytes += bytes;
  if (readBytes < collectAfterBytes) return;
  readBytes = 0;
  // When the messages at hand have been dealt with, and their buffers are spent too.
  setImmediate(collectYoung);
}

let readBytes = 0;

setFlagsFromString('--expose-gc');
// The flag gives `gc` to contexts that are made from now on; V8 documents its options.
const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
setFlagsFromString('--no-expose-gc');

function collectYoung(): void {
  collect({ type: 'minor' });
}
