import { readdirSync, readFileSync } from 'node:fs';
import { type Usage } from './usage';

/** What a process and all that it has started use, as the kernel of Linux accounts for it: CPU time to the nanosecond. */
export function familyUsage(pid: number): Usage {
  const members = familyOf(pid).map(usageOf);
  const sum = (pick: (usage: Usage) => number) => members.reduce((total, usage) => total + pick(usage), 0);
  return {
    cpuUs: sum(({ cpuUs }) => cpuUs),
    rssBytes: sum(({ rssBytes }) => rssBytes),
    heapBytes: 0,
    externalBytes: 0,
    descriptors: sum(({ descriptors }) => descriptors),
  };
}

function familyOf(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) => read(pid, `task/${task}/children`).split(' '));
  return [pid, ...children.filter((child) => child !== '').flatMap((child) => familyOf(Number(child)))];
}

function usageOf(pid: number): Usage {
  const ns = tasksOf(pid).map((task) => Number(read(pid, `task/${task}/schedstat`).split(' ')[0]));
  const kib = /VmRSS:\s+(\d+) kB/.exec(read(pid, 'status'))?.[1];
  return {
    cpuUs: ns.reduce((sum, one) => sum + one, 0) / 1_000,
    rssBytes: Number(kib) * 1_024,
    heapBytes: 0,
    externalBytes: 0,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

const tasksOf = (pid: number): string[] => readdirSync(`/proc/${pid}/task`);

const read = (pid: number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
