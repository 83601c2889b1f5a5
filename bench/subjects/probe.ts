/**
 * Loaded into every subject before its own code: answers each message of the bench with what the process has used so
 * far. It does nothing in between. Node strips its types by itself, so nothing else need be loaded. Workers of a subject load it
 * too, but what they are told is not the bench's.
 */
import cluster from 'node:cluster';
import { readdirSync } from 'node:fs';
import type { Usage } from './usage';

function answer({ afterGc }: { readonly afterGc: boolean }): void {
  if (afterGc) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const usage: Usage = {
    cpuUs: user + system,
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    descriptors: openDescriptors(),
  };
  process.send?.(usage);
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return NaN;
  }
}

if (cluster.isPrimary) {
  process.on('message', answer);
  // A bench that was broken off leaves nothing running.
  process.on('disconnect', () => process.exit());
  // Being asked is no reason to stay alive.
  process.channel?.unref();
}
