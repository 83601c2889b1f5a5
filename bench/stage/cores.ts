import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** The folder of package.json. */
export const root = join(__dirname, '../..');

/** Counted before anything is pinned. */
const cores = availableParallelism();

const subjectCore = 1;
const generatorCore = 0;

/** Whether processes can be given cores: with `taskset` (util-linux) and at least two cores. */
export const canPin = cores > 1 && spawnSync('taskset', ['--version']).status === 0;

let isPinned = false;

/** Moves this process, which makes the load, to a core of its own; subjects started from now on get another. */
export function pinGenerator(): void {
  if (!canPin) return;
  isPinned = spawnSync('taskset', ['-a', '-c', '-p', String(generatorCore), String(process.pid)]).status === 0;
}

/**
 * What stands before the command of a subject.
 *
 * @param isEverywhere it may use all cores, also the generator's
 */
export function subjectPinning(isEverywhere = false): readonly string[] {
  return isPinned ? ['taskset', '-c', isEverywhere ? `0-${cores - 1}` : String(subjectCore)] : [];
}

/** Who runs where, in words. */
export function describePinning(): string {
  return isPinned
    ? `pinned: subject on core ${subjectCore}, load on core ${generatorCore}`
    : 'not pinned: no taskset, or a single core';
}
