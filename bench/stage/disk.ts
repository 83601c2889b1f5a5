import { closeSync, fdatasyncSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Latencies } from '../load/latency';

const pageBytes = 4_096;
const pages = 1_000;

/**
 * How long this disk takes to make 4 KiB durable. They are written over what a file already has, as SQLite writes its
 * log once that has reached its usual thousand pages: to grow a file takes longer.
 */
export function syncTimes(directory: string, count: number): Latencies {
  const file = join(directory, 'sync-times');
  const page = Buffer.alloc(pageBytes, 1);
  const times = new Latencies();
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, Buffer.alloc(pageBytes * pages));
  fsyncSync(descriptor);
  for (let n = 0; n < count; n++) {
    const fromMs = performance.now();
    writeSync(descriptor, page, 0, pageBytes, (n % pages) * pageBytes);
    fdatasyncSync(descriptor);
    times.record(performance.now() - fromMs);
  }
  closeSync(descriptor);
  rmSync(file);
  return times;
}
