import fc from 'fast-check';
import { type Plan, type Quirks } from './support/reference-upstream';
import { World, type Action } from './support/world';

/** Whatever happens in whatever order, the rules of tool calls and responses hold. */
describe('a session between any upstream and any client', () => {
  it('keeps its rules when every message arrives at once', () => {
    fc.assert(
      fc.property(
        quirks,
        fc.array(plan, { maxLength: 8, size: 'max' }),
        rounds,
        fc.array(action, { maxLength: 60, size: 'max' }),
        runs(true),
      ),
      { numRuns },
    );
  });

  it('keeps its rules while messages are under way', () => {
    fc.assert(
      fc.property(
        quirks,
        fc.array(plan, { maxLength: 8, size: 'max' }),
        rounds,
        fc.array(action, { maxLength: 80, size: 'max' }),
        runs(false),
      ),
      { numRuns },
    );
  });
});

const numRuns = Number(process.env['INTERLEAVINGS'] ?? 1000);

const runs = (isInstant: boolean) => (how: Quirks, plans: Plan[], roundsPerTurn: number, actions: Action[]) => {
  const world = new World(how, plans, isInstant, roundsPerTurn);
  try {
    actions.forEach((each) => world.act(each));
    world.settle();
    world.judge();
  } catch (error) {
    throw new Error(`${String(error)}\n${world.transcript.join('\n')}`, { cause: error });
  }
};

const rounds = fc.constantFrom(8, 2, 3);

const quirks = fc.record<Quirks>({
  respondsByItself: fc.boolean(),
  echoesEventIds: fc.boolean(),
  refusalsOvertake: fc.boolean(),
  namesTools: fc.boolean(),
  endsCalls: fc.boolean(),
  disobeys: fc.boolean(),
});

const plan = fc.record<Plan>({
  items: fc.array(fc.constantFrom('message', 'call', 'call'), { maxLength: 3 }),
  overlapping: fc.boolean(),
  status: fc.constantFrom('completed', 'completed', 'completed', 'failed', 'incomplete'),
});

const pick = fc.nat(5);
const end = fc.constantFrom('answer' as const, 'answer' as const, 'fail' as const, 'time-out' as const);
const count = fc.integer({ min: 1, max: 6 });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('to-relay', 'to-upstream'), count }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('advance'), count }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('tool'), pick, end }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('create', 'respond') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('speech'), interrupts: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel', 'create-aside', 'advance-aside', 'say') }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'wait-over' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('say-behind', 'delete'), pick }) },
);
