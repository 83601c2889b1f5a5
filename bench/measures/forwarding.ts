import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, openCalls } from '../load/calls';
import { bookAppointment } from '../load/conversation';
import { speechOf } from '../load/speech';
import { type Load, Traffic } from '../load/traffic';
import { Upstream } from '../load/upstream';
import { Webhook } from '../load/webhook';
import { type Figure, type Measure, type Stage } from '../measure';
import { figuresOf } from '../rounds';
import { type RunningSubject, type Subject } from '../subjects/subject';

/** What it costs to pass audio on, beside what others take for the same, in turns: telephony's frames. */
export const forwarding: Measure = comparison({
  name: 'forwarding',
  title: '100 calls, a 20 ms frame of G.711 every 20 ms in both directions: one process on one core',
  load: { sessions: 100, periodMs: 20, audioCharacters: 216 },
  cpuAtMost: { 'bare ws pipe': 1.05, HAProxy: 2 },
  neverAbovePipe: 2,
});

/** The same with a browser's long frames. */
export const longFrames: Measure = comparison({
  name: 'long-frames',
  title: '50 sessions, 8,000 characters of audio 20 times a second in both directions',
  load: { sessions: 50, periodMs: 50, audioCharacters: 8_000 },
  cpuAtMost: { 'bare ws pipe': 1.05, 'parse-and-restringify relay': 0.6 },
});

/** The same with answers as upstream gives them: ahead of the voice, in bursts. */
export const bursts: Measure = comparison({
  name: 'bursts',
  title: '50 sessions, a 20 ms frame every 20 ms up, four deltas of 16,000 characters at once every second down',
  load: {
    sessions: 50,
    periodMs: 20,
    audioCharacters: 216,
    answers: { periodMs: 1_000, frames: 4, audioCharacters: 16_000 },
  },
  cpuAtMost: {},
});

/** The same with a tool called in every session now and then. */
export const mixedCall: Measure = comparison({
  name: 'mixed-call',
  title: 'as bursts, with a tool call in each session every 20 s',
  load: {
    sessions: 50,
    periodMs: 20,
    audioCharacters: 216,
    answers: { periodMs: 1_000, frames: 4, audioCharacters: 16_000 },
  },
  toolEveryMs: 20_000,
  cpuAtMost: {},
  p99AtMostMore: 1,
});

interface Comparison extends Pick<Measure, 'name' | 'title'> {
  readonly load: Load;
  /** Time between two tool calls of one session, in milliseconds; left out: none are called. */
  readonly toolEveryMs?: number;
  /** Times the CPU of another subject, by its name. */
  readonly cpuAtMost: Readonly<Record<string, number>>;
  /** Times the CPU of the bare pipe at which something is wrong, even in a short run beside other work. */
  readonly neverAbovePipe?: number;
  /** Than the bare pipe's, in milliseconds. */
  readonly p99AtMostMore?: number;
}

function comparison({ name, title, cpuAtMost, neverAbovePipe, p99AtMostMore, ...talk }: Comparison): Measure {
  return {
    name,
    title,
    async run(stage) {
      const webhook = await Webhook.start();
      const subjects = [stage.relay({ webhook: { url: webhook.url } }), ...stage.others];
      const rounds = new Map<Subject, Sample[]>(subjects.map((subject) => [subject, []]));
      for (let round = 1; round <= stage.rounds; round++) {
        for (const [subject, samples] of rounds) {
          samples.push(await sample(subject, talk, stage));
          stage.tell(`round ${round}: ${subject.name}: ${samples.at(-1)?.cpuUsPerFrame.toFixed(1) ?? ''} µs a frame`);
        }
      }
      await webhook.close();
      const [own = [], pipe = [], ...others] = rounds.values();
      const names = stage.others.map((other) => other.name);
      return [
        ...[...rounds].flatMap(([subject, samples]) => figures(subject.name, samples, talk.load)),
        ...[pipe, ...others].map((samples, place) => ({
          ...against(own, samples, `relay : ${names[place] ?? ''}, CPU`),
          ...targetOf(cpuAtMost[names[place] ?? '']),
          ...(place === 0 && neverAbovePipe !== undefined && { neverAbove: neverAbovePipe }),
        })),
        { ...p99More(own, pipe), ...targetOf(p99AtMostMore) },
      ];
    },
  };
}

interface Sample {
  readonly framesPerSecond: number;
  readonly cpuUsPerFrame: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly missing: number;
  readonly generatorPercent: number;
  readonly lagMs: number;
}

type Talk = Pick<Comparison, 'load' | 'toolEveryMs'>;

async function sample(subject: Subject, { load, toolEveryMs }: Talk, { quick }: Stage): Promise<Sample> {
  const { periodMs, audioCharacters, answers } = load;
  const upstream = await Upstream.start();
  const running = await subject.start(upstream.url);
  const calls = await openCalls(running, upstream, load.sessions);
  const speech = (answerId: string) => speechOf(audioCharacters, answerId, answers?.audioCharacters);
  const traffic = new Traffic(calls, { periodMs, speech, answers });
  const windowMs = quick ? 1_000 : 8_000;
  try {
    await sleep(quick ? 1_500 : 4_000);
    const tools = toolEveryMs === undefined ? undefined : callTools(traffic, calls.length, windowMs, toolEveryMs);
    const [seen] = await Promise.all([watch(traffic, running, windowMs), tools]);
    return seen;
  } finally {
    traffic.stop();
    hangUp(calls);
    await running.stop();
    await upstream.close();
  }
}

let appointments = 0;

/** In as many calls as come to it in this time. */
function callTools(traffic: Traffic, calls: number, windowMs: number, everyMs: number): Promise<void> {
  const some = Array.from({ length: Math.max(1, Math.round((calls * windowMs) / everyMs)) }, (_, place) => place);
  return traffic.interrupt(
    windowMs,
    (_call, end) => {
      const { before, release } = bookAppointment(++appointments);
      return [...end, ...before, ...release];
    },
    some,
  );
}

async function watch(traffic: Traffic, running: RunningSubject, lengthMs: number): Promise<Sample> {
  const before = await reading(traffic, running);
  const { latency, lag, missing } = await traffic.watch(lengthMs);
  const after = await reading(traffic, running);
  const wallUs = (after.atMs - before.atMs) * 1_000;
  const frames = after.frames - before.frames;
  return {
    framesPerSecond: (frames / wallUs) * 1e6,
    cpuUsPerFrame: (after.cpuUs - before.cpuUs) / frames,
    p50Ms: latency.percentile(50),
    p99Ms: latency.percentile(99),
    p999Ms: latency.percentile(99.9),
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

function figures(name: string, samples: readonly Sample[], { sessions }: Load): Figure[] {
  const figure = figuresOf(samples);
  return [
    figure(`${name}: CPU a frame`, 'µs', ({ cpuUsPerFrame }) => cpuUsPerFrame),
    figure(`${name}: sessions a core`, 'sessions', ({ cpuUsPerFrame, framesPerSecond }) =>
      Math.floor((1e6 * sessions) / (cpuUsPerFrame * framesPerSecond)),
    ),
    figure(`${name}: frames passed on`, '1/s', ({ framesPerSecond }) => framesPerSecond),
    figure(`${name}: latency p50`, 'ms', ({ p50Ms }) => p50Ms),
    figure(`${name}: latency p99`, 'ms', ({ p99Ms }) => p99Ms),
    figure(`${name}: latency p99.9`, 'ms', ({ p999Ms }) => p999Ms),
    figure(`${name}: of these, generator late p99`, 'ms', ({ lagMs }) => lagMs),
    figure(`${name}: frames lost or 2 s late`, 'frames', ({ missing }) => missing),
    figure(`${name}: the generator's share of its core`, '%', ({ generatorPercent }) => generatorPercent),
  ];
}

/** Round by round, so that what slowed the machine down slowed both. */
function against(own: readonly Sample[], other: readonly Sample[], name: string): Figure {
  const values = own.map(({ cpuUsPerFrame }, round) => cpuUsPerFrame / (other[round]?.cpuUsPerFrame ?? NaN));
  return { name, unit: '×', values };
}

function p99More(own: readonly Sample[], pipe: readonly Sample[]): Figure {
  const values = own.map(({ p99Ms }, round) => p99Ms - (pipe[round]?.p99Ms ?? NaN));
  return { name: 'latency p99, more than the bare ws pipe', unit: 'ms', values };
}

function targetOf(atMost: number | undefined): Pick<Figure, 'atMost'> {
  return atMost === undefined ? {} : { atMost };
}
