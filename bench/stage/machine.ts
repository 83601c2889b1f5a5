import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { describePinning } from './cores';

/** Where figures were measured: without it they mean nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly pinning: string;
  /** Runnable processes over the last minute, before the bench began: what else was going on. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    pinning: describePinning(),
    loadBefore: loadavg()[0] ?? NaN,
  };
}
