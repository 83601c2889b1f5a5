import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, openCalls } from '../load/calls';
import { speechOf } from '../load/speech';
import { type Load, Traffic } from '../load/traffic';
import { Upstream } from '../load/upstream';
import { type Figure, type Measure, type Stage } from '../measure';
import { figuresOf } from '../rounds';
import { type RunningSubject, type Subject } from '../subjects/subject';

/** What it costs to pass audio on, beside what others take for the same, in turns. */
export const forwarding: Measure = {
  name: 'forwarding',
  title: '300 calls, a 20 ms frame of G.711 every 20 ms in both directions: one process on one core',
  async run(stage) {
    const subjects = [stage.relay(), ...stage.others];
    const rounds = new Map<Subject, Sample[]>(subjects.map((subject) => [subject, []]));
    for (let round = 1; round <= stage.rounds; round++) {
      for (const [subject, samples] of rounds) {
        samples.push(await sample(subject, stage));
        stage.tell(`round ${round}: ${subject.name}: ${samples.at(-1)?.cpuUsPerFrame.toFixed(1) ?? ''} µs a frame`);
      }
    }
    const [own = [], ...others] = rounds.values();
    return [
      ...[...rounds].flatMap(([{ name }, samples], place) => figures(name, samples, place === 0 ? 75 : undefined)),
      ...others.map((samples, place) => ratio(own, samples, `relay : ${stage.others[place]?.name ?? ''}, CPU`)),
    ];
  },
};

const load: Load = { sessions: 300, periodMs: 20, audioCharacters: 216 };
const quickLoad: Load = { ...load, sessions: 20 };

interface Sample {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly framesPerSecond: number;
  readonly cpuUsPerFrame: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly missing: number;
  readonly generatorPercent: number;
  readonly lagMs: number;
}

async function sample(subject: Subject, { quick }: Stage): Promise<Sample> {
  const { sessions, periodMs, audioCharacters } = quick ? quickLoad : load;
  const upstream = await Upstream.start();
  const running = await subject.start(upstream.url);
  const calls = await openCalls(running, upstream, sessions);
  const traffic = new Traffic(calls, { periodMs, speech: (answerId) => speechOf(audioCharacters, answerId) });
  try {
    await sleep(quick ? 300 : 4_000);
    return await watch(traffic, running, quick ? 500 : 8_000);
  } finally {
    traffic.stop();
    hangUp(calls);
    await running.stop();
    await upstream.close();
  }
}

async function watch(traffic: Traffic, running: RunningSubject, lengthMs: number): Promise<Sample> {
  const before = await reading(traffic, running);
  const { latency, lag, missing } = await traffic.watch(lengthMs);
  const after = await reading(traffic, running);
  const wallUs = (after.atMs - before.atMs) * 1_000;
  const cpuUs = after.cpuUs - before.cpuUs;
  const frames = after.frames - before.frames;
  return {
    cpuPercent: (cpuUs / wallUs) * 100,
    framesPerSecond: (frames / wallUs) * 1e6,
    cpuUsPerFrame: cpuUs / frames,
    p50Ms: latency.percentile(50),
    p99Ms: latency.percentile(99),
    missing,
    generatorPercent: ((after.ownCpuUs - before.ownCpuUs) / wallUs) * 100,
    lagMs: lag.percentile(99),
  };
}

async function reading(traffic: Traffic, running: RunningSubject) {
  const { cpuUs } = await running.usage();
  const { user, system } = process.cpuUsage();
  return { cpuUs, ownCpuUs: user + system, frames: traffic.delivered, atMs: performance.now() };
}

function figures(name: string, samples: readonly Sample[], cpuAtMost?: number): Figure[] {
  const figure = figuresOf(samples);
  return [
    figure(`${name}: share of a core`, '%', ({ cpuPercent }) => cpuPercent, cpuAtMost),
    figure(`${name}: frames passed on`, '1/s', ({ framesPerSecond }) => framesPerSecond),
    figure(`${name}: CPU a frame`, 'µs', ({ cpuUsPerFrame }) => cpuUsPerFrame),
    figure(`${name}: latency p50`, 'ms', ({ p50Ms }) => p50Ms),
    figure(`${name}: latency p99`, 'ms', ({ p99Ms }) => p99Ms),
    figure(`${name}: of these, generator late p99`, 'ms', ({ lagMs }) => lagMs),
    figure(`${name}: frames lost or 2 s late`, 'frames', ({ missing }) => missing),
    figure(`${name}: the generator's share of its core`, '%', ({ generatorPercent }) => generatorPercent),
  ];
}

/** Round by round, so that what slowed the machine down slowed both. */
function ratio(own: readonly Sample[], other: readonly Sample[], name: string): Figure {
  const values = own.map(({ cpuUsPerFrame }, round) => cpuUsPerFrame / (other[round]?.cpuUsPerFrame ?? NaN));
  return { name, unit: '×', values };
}
