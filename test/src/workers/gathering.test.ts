import { createMetrics } from '../../../src/metrics';
import { type Askable, Gathering } from '../../../src/workers/gathering';
import type { Topic } from '../../../src/workers/team';

/** Workers that are asked, with the ids of the questions they heard. */
function workers(...numbers: number[]) {
  const heard: { worker: number; id: number; topic: Topic }[] = [];
  const askable = (number: number, hears = true): Askable => ({
    number,
    ask(id, topic) {
      if (hears) heard.push({ worker: number, id, topic });
      return hears;
    },
  });
  return { heard, askable, all: numbers.map((number) => askable(number)) };
}

const lastOf = (heard: { id: number }[]): number => heard.at(-1)?.id ?? 0;

it('collects what all answer, in the order of their numbers', async () => {
  const { all, heard } = workers(1, 2);
  const gathering = new Gathering();
  const gathered = gathering.gather('stats', all);
  expect(heard.map(({ worker, topic }) => [worker, topic])).toEqual([
    [1, 'stats'],
    [2, 'stats'],
  ]);
  gathering.answered(lastOf(heard), 2, []);
  gathering.answered(lastOf(heard), 1, []);
  expect(await gathered).toEqual({
    answers: [
      { worker: 1, report: [] },
      { worker: 2, report: [] },
    ],
    silent: [],
  });
});

it('names who cannot hear, and waits for nobody then', async () => {
  const { askable } = workers();
  expect(await new Gathering().gather('stats', [askable(1, false), askable(2, false)])).toEqual({
    answers: [],
    silent: [1, 2],
  });
});

it('names who ends before it has answered', async () => {
  const { all, heard } = workers(1, 2);
  const gathering = new Gathering();
  const gathered = gathering.gather('stats', all);
  gathering.answered(lastOf(heard), 1, []);
  gathering.ended(2);
  expect(await gathered).toMatchObject({ answers: [{ worker: 1 }], silent: [2] });
});

it('drops the answer of who ends after it, before all have answered', async () => {
  const { all, heard } = workers(1, 2);
  const gathering = new Gathering();
  const gathered = gathering.gather('stats', all);
  gathering.answered(lastOf(heard), 1, []);
  gathering.ended(1);
  gathering.answered(lastOf(heard), 2, []);
  expect(await gathered).toEqual({ answers: [{ worker: 2, report: [] }], silent: [1] });
});

it('leaves out who does not answer in time, and drops what comes late', async () => {
  jest.useFakeTimers();
  try {
    const { all, heard } = workers(1, 2);
    const gathering = new Gathering();
    const gathered = gathering.gather('stats', all);
    gathering.answered(lastOf(heard), 1, []);
    jest.runAllTimers();
    expect(await gathered).toMatchObject({ answers: [{ worker: 1 }], silent: [2] });
    gathering.answered(lastOf(heard), 2, []);
  } finally {
    jest.useRealTimers();
  }
});

it('keeps questions apart that are asked at the same time', async () => {
  const { all, heard } = workers(1);
  const gathering = new Gathering();
  const [stats, metrics] = [gathering.gather('stats', all), gathering.gather('metrics', all)];
  const [first, second] = heard;
  const report = await createMetrics().report();
  gathering.answered(second?.id ?? 0, 1, report);
  gathering.answered(first?.id ?? 0, 1, []);
  expect((await stats).answers).toEqual([{ worker: 1, report: [] }]);
  expect((await metrics).answers).toEqual([{ worker: 1, report }]);
});
