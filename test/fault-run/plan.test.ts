import { orgs } from '../../scripts/faults/orgs';
import { planFor } from '../../scripts/faults/plan';
import { playFacts, plays } from '../../scripts/faults/plays';

const plan = planFor({ intents: 2_000, processes: 3, seed: 7 });
const acts = plan.intents.flatMap((intent) => intent.acts);

it('is the same for the same seed, and another for another', () => {
  expect(planFor({ intents: 300, processes: 3, seed: 7 })).toEqual(planFor({ intents: 300, processes: 3, seed: 7 }));
  expect(planFor({ intents: 300, processes: 3, seed: 8 })).not.toEqual(
    planFor({ intents: 300, processes: 3, seed: 7 }),
  );
});

it('calls every intent once, and a fifth of them again: at once, later, and through another relay', () => {
  const calls = plan.beats.flatMap((beat, at) => beat.calls.map((call) => ({ ...call, at })));
  const firsts = new Map(calls.filter(({ isRepeat }) => !isRepeat).map((call) => [call.intent, call]));
  expect(firsts.size).toBe(plan.intents.length);
  const repeats = calls.filter(({ isRepeat }) => isRepeat);
  expect(repeats.length / plan.intents.length).toBeCloseTo(0.2, 1);
  const distances = repeats.map(({ intent, at, relay }) => {
    const first = firsts.get(intent);
    return { later: at - (first?.at ?? NaN), isElsewhere: relay !== first?.relay };
  });
  expect(distances.every(({ later }) => later >= 0)).toBe(true);
  expect(distances.some(({ later, isElsewhere }) => later === 0 && isElsewhere)).toBe(true);
  expect(distances.some(({ later, isElsewhere }) => later === 0 && !isElsewhere)).toBe(true);
  expect(distances.some(({ later }) => later > 100)).toBe(true);
});

it('gives every intent an id of its own, every org a part, and plays everything there is', () => {
  expect(new Set(plan.intents.map(({ key }) => key.intentId)).size).toBe(plan.intents.length);
  expect(new Set(plan.intents.map(({ org }) => org))).toEqual(new Set(orgs));
  expect(new Set(acts.map(({ play }) => play))).toEqual(new Set(plays));
});

it('leaves no request in doubt for good where the receiver deduplicates', () => {
  for (const intent of plan.intents.filter(({ org }) => org === 'org_deduplicates')) {
    expect(playFacts[intent.acts.at(-1)?.play ?? 'hang'].means).not.toBe('doubtful');
  }
});

it('breaks everything that can be broken, however short it is', () => {
  const kinds = (intents: number) =>
    new Set(
      planFor({ intents, processes: 3, seed: 7 }).beats.flatMap((beat) => beat.injections.map(({ kind }) => kind)),
    );
  expect(kinds(100)).toEqual(new Set(['kill_relay', 'freeze_store', 'kill_store', 'close_hook']));
});
