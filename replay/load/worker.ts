import { parentPort, workerData } from 'node:worker_threads';
import { type Job, readScripts, realtimeSessions } from './job';
import { startRun } from './runner';

/** A thread that plays its share of a job. It is told `start` and, perhaps, `stop`; it tells of every second. */
async function work(): Promise<void> {
  if (parentPort === null) throw new Error('This runs in a worker thread only.');
  const port = parentPort;
  // What crew.ts starts it with.
  const job = workerData as Job;
  const scripts = await readScripts(job);
  port.postMessage('ready');
  await new Promise<void>((resolve) => port.once('message', () => resolve()));
  const run = startRun(job.plan, realtimeSessions(scripts, job), (beat) => port.postMessage(beat));
  port.on('message', () => run.stop());
  await run.done;
  port.close();
}

void work();
