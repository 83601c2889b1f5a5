import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, openCalls } from '../load/calls';
import { Upstream } from '../load/upstream';
import { type Measure, type Stage } from '../measure';
import { figuresOf } from '../rounds';
import { type Subject } from '../subjects/subject';

/** What a session costs in memory in which nobody says anything. */
export const idleSessions: Measure = {
  name: 'idle-sessions',
  title:
    'memory of a session in which nobody speaks, of a thousand beyond the first thousand; garbage collected, the young generation kept small',
  async run(stage) {
    const subjects = [stage.relay(), ...stage.others];
    const rounds: number[][] = [];
    while (rounds.length < stage.rounds) {
      const round: number[] = [];
      for (const subject of subjects) round.push(await kibPerSession(subject, stage));
      rounds.push(round);
    }
    const figure = figuresOf(rounds);
    return [
      ...subjects.map(({ name }, place) => figure(`${name}: a session`, 'KiB', (round) => round[place] ?? NaN)),
      figure('relay: more than the bare ws pipe', 'KiB', ([own = NaN, pipe = NaN]) => own - pipe, 30),
    ];
  },
};

async function kibPerSession(subject: Subject, { quick, tell }: Stage): Promise<number> {
  const [first, further] = quick ? [10, 50] : [1_000, 1_000];
  const upstream = await Upstream.start();
  const running = await subject.start(upstream.url, { youngMiB: 1 });
  const calls = await openCalls(running, upstream, first);
  const settled = async () => {
    await running.usage(true);
    await sleep(quick ? 100 : 1_000);
    return (await running.usage(true)).rssBytes;
  };
  const before = await settled();
  calls.push(...(await openCalls(running, upstream, further)));
  const kib = ((await settled()) - before) / 1_024 / further;
  tell(`${subject.name}: ${kib.toFixed(1)} KiB`);
  hangUp(calls);
  await running.stop();
  await upstream.close();
  return kib;
}
