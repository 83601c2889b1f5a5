import { type RunningSubject } from '../subjects/subject';
import { type Traffic, type Window } from './traffic';

/** The frames of some time, and what they cost. */
export interface Watched {
  readonly frames: Window;
  /** CPU time that passing them on took each second, in milliseconds. */
  readonly cpuMs: number;
}

/** Watches everything that is due in the next `lengthMs`. */
export async function watch(traffic: Traffic, running: RunningSubject, lengthMs: number): Promise<Watched> {
  const [before, fromMs] = [await running.usage(), performance.now()];
  const frames = await traffic.watch(lengthMs);
  const after = await running.usage();
  return { frames, cpuMs: (after.cpuUs - before.cpuUs) / (performance.now() - fromMs) };
}
