import { playSession, type Target } from '../player/session';
import type { Manner } from '../player/model';
import type { Script } from '../player/script';
import { readScript } from '../player/script-builder';
import { type LoadPlan, shareOf } from './plan';
import type { OpenSession } from './runner';

/** Everything a worker needs to know. It can be handed from thread to thread. */
export interface Job {
  /** Recordings; session after session they take turns. Not empty. */
  readonly files: readonly string[];
  readonly target: Target;
  readonly manner: Manner;
  readonly plan: LoadPlan;
}

/** The part of a job for one of several workers. */
export function jobOf(job: Job, worker: number, workers: number): Job {
  return { ...job, plan: shareOf(job.plan, worker, workers) };
}

/** @throws RecordingError; Node's own error where a file cannot be read. */
export function readScripts({ files }: Pick<Job, 'files'>): Promise<Script[]> {
  return Promise.all(files.map(readScript));
}

/** Sessions that speak the Realtime protocol. */
export function realtimeSessions(scripts: readonly Script[], { manner, target }: Job): OpenSession {
  return (nth, listener, dueMs) => {
    const script = scripts[nth % scripts.length];
    if (script === undefined) throw new Error('There is no script to play.');
    return playSession({ ...manner, script }, target, listener, dueMs);
  };
}
