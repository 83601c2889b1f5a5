import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerReport } from './crew';
import { type Job, readScripts, realtimeSessions } from './job';
import { startRun } from './runner';

/** A thread that plays its share of a job: see `WorkerOrder` and `WorkerReport` for what it is told and tells. */
async function work(): Promise<void> {
  if (parentPort === null) throw new Error('This runs in a worker thread only.');
  const port = parentPort;
  const tell = (report: WorkerReport) => port.postMessage(report);
  // What crew.ts starts it with.
  const job = workerData as Job;
  const scripts = await readScripts(job);
  tell({ kind: 'ready' });
  await once(port, 'message');
  const run = startRun(job.plan, realtimeSessions(scripts, job), (beat) => tell({ kind: 'beat', beat }));
  port.on('message', () => run.stop());
  await run.done;
  tell({ kind: 'done' });
}

void work();
