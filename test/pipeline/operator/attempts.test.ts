import { attemptsOf } from '../../../pipeline/operator/attempts';
import { type Step } from '../../../pipeline/store/store';

const step = (fence: number, state: Step['state'], by: Step['by'] = 'call'): Step => ({
  fence,
  state,
  by,
  atMs: fence,
});

it('groups the steps of a record by the claim they were made under, in their order', () => {
  const trail = [
    step(1, 'RESERVED'),
    step(1, 'SENDING'),
    step(1, 'UNKNOWN'),
    step(2, 'RESERVED', 'operator'),
    step(2, 'SENDING', 'operator'),
    step(2, 'ACCEPTED', 'operator'),
    step(2, 'CONFIRMED', 'callback'),
  ];
  expect(attemptsOf({ trail })).toEqual([
    { fence: 1, steps: trail.slice(0, 3) },
    { fence: 2, steps: trail.slice(3) },
  ]);
});

it('shows what is left of an attempt whose beginning is no longer kept', () => {
  const trail = [step(4, 'UNKNOWN'), step(5, 'RESERVED', 'worker')];
  expect(attemptsOf({ trail }).map(({ fence, steps }) => [fence, steps.length])).toEqual([
    [4, 1],
    [5, 1],
  ]);
});

it('finds no attempt where nothing happened', () => {
  expect(attemptsOf({ trail: [] })).toEqual([]);
});
