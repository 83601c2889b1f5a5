import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Beat } from './beat';
import { type Job, jobOf } from './job';
import type { Run } from './runner';

/** Starts the workers of a job, all at once when all have read what they will play. */
export async function startCrew(job: Job, workers: number, onBeat: (beat: Beat) => void): Promise<Run> {
  const threads = Array.from({ length: workers }, (_, worker) => startThread(jobOf(job, worker, workers)));
  const done = Promise.all(threads.map((thread) => exitOf(thread))).then(() => undefined);
  const stopAll = () => Promise.all(threads.map((thread) => thread.terminate()));
  try {
    await Promise.race([Promise.all(threads.map((thread) => once(thread, 'message'))), done]);
  } catch (error) {
    await stopAll();
    throw error;
  }
  for (const thread of threads) {
    // A worker says `ready` once, which has come, and then tells of nothing but seconds.
    thread.on('message', (beat: Beat) => onBeat(beat));
    thread.postMessage('start');
  }
  return { done, stop: () => threads.forEach((thread) => thread.postMessage('stop')) };
}

/** The worker lies beside this file, compiled or not as this file is; a thread has none of its parent's hooks. */
function startThread(job: Job): Worker {
  const extension = extname(__filename);
  return new Worker(join(__dirname, `worker${extension}`), {
    workerData: job,
    execArgv: extension === '.ts' ? ['-r', require.resolve('ts-node/register')] : [],
  });
}

function exitOf(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('exit', () => resolve());
  });
}
