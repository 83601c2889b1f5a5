import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, openCalls } from '../load/calls';
import { speechOf } from '../load/speech';
import { Traffic } from '../load/traffic';
import { Upstream } from '../load/upstream';
import { watch } from '../load/watch';
import { type Figure, type Measure, type Stage } from '../measure';
import { figuresOf, inRounds } from '../rounds';
import { missingRedis, startRedis } from '../stage/redis';

/**
 * What two workers carry on two cores, beside what one process carries on one. Two full cores cannot be given to the workers of a
 * machine that has no more, because who makes the load needs one too; what a frame costs can be told on any. A process takes less
 * for a frame the more of them come at once, so each has as many calls; and all are left to the system's scheduler.
 */
export const workers: Measure = {
  name: 'workers',
  title:
    '50 calls a process, a 20 ms frame of G.711 every 20 ms in both directions: one process, and two workers; what they would carry on ' +
    'full cores is reckoned from the CPU that all processes of the relay take for a frame, because the generator needs a core too',
  missing: () => (process.platform === 'linux' ? missingRedis() : 'it adds up processes by /proc, which Linux has'),
  async run(stage) {
    const figure = figuresOf(await inRounds(stage, measureRound));
    const ofBoth = (name: string, unit: Figure['unit'], pick: (sample: Sample) => number) => [
      figure(`one process: ${name}`, unit, ({ one }) => pick(one)),
      figure(`two workers and their primary: ${name}`, unit, ({ two }) => pick(two)),
    ];
    return [
      ...ofBoth('CPU a frame', 'µs', ({ cpuUsPerFrame }) => cpuUsPerFrame),
      ...ofBoth('calls a core', 'sessions', ({ callsPerCore }) => callsPerCore),
      ...ofBoth('frames lost or 2 s late', 'frames', ({ missing }) => missing),
      {
        ...figure(
          'two workers on two cores : one on one, calls',
          '×',
          ({ one, two }) => 2 * (two.callsPerCore / one.callsPerCore),
        ),
        atLeast: 1.7,
      },
    ];
  },
};

const load = { callsPerProcess: 50, periodMs: 20, audioCharacters: 216 };

interface Sample {
  readonly cpuUsPerFrame: number;
  /** How many calls would keep a core busy. */
  readonly callsPerCore: number;
  readonly missing: number;
}

interface Round {
  readonly one: Sample;
  readonly two: Sample;
}

async function measureRound(stage: Stage): Promise<Round> {
  const round = { one: await sample(1, stage), two: await sample(2, stage) };
  stage.tell(`${round.one.cpuUsPerFrame.toFixed(1)} and ${round.two.cpuUsPerFrame.toFixed(1)} µs a frame`);
  return round;
}

async function sample(count: number, stage: Stage): Promise<Sample> {
  const store = await startRedis(stage.directory, 'everysec');
  const upstream = await Upstream.start();
  const running = await stage.relay({ storeUrl: store.url, workers: count }).start(upstream.url);
  const calls = await openCalls(running, upstream, count * load.callsPerProcess);
  const traffic = new Traffic(calls, {
    periodMs: load.periodMs,
    speech: (answerId) => speechOf(load.audioCharacters, answerId),
  });
  try {
    await sleep(stage.quick ? 1_500 : 4_000);
    const lengthMs = stage.quick ? 1_000 : 8_000;
    const { frames, cpuMs } = await watch(traffic, running, lengthMs);
    return {
      cpuUsPerFrame: (cpuMs * lengthMs) / frames.latency.count,
      callsPerCore: (calls.length * 1_000) / cpuMs,
      missing: frames.missing,
    };
  } finally {
    traffic.stop();
    hangUp(calls);
    await running.stop();
    await Promise.all([upstream.close(), store.kill()]);
  }
}
