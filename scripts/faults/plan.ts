import { createAppointment, intentId, type IntentKey } from '../../pipeline';
import { Random } from '../fuzz/random';
import { type Org } from './orgs';
import { type Play } from './plays';

/** What is to happen in a run. The same options make the same plan. */
export interface Plan {
  readonly intents: readonly PlannedIntent[];
  /** Done one after the other at an even pace; what belongs to one beat begins together. */
  readonly beats: readonly Beat[];
}

export interface PlanOptions {
  readonly intents: number;
  readonly processes: number;
  readonly seed: number;
}

/** One wanted effect, and how its webhook meets its requests: one act after the other, the last one for all that follow. */
export interface PlannedIntent {
  readonly org: Org;
  readonly key: IntentKey;
  readonly args: object;
  readonly acts: readonly [Act, ...Act[]];
}

export interface Act {
  readonly play: Play;
  /** Whether the receiver carries it out, where the play leaves that open. */
  readonly isDone: boolean;
}

export interface Beat {
  readonly calls: PlannedCall[];
  readonly injections: Injection[];
}

export interface PlannedCall {
  readonly intent: PlannedIntent;
  readonly isRepeat: boolean;
  /** The relay that is asked, if it runs; else the next one. */
  readonly relay: number;
  /** After how many milliseconds the client drops its connection; absent: it stays. */
  readonly leavesAfterMs?: number;
  /** Whether the client asks again after an answer that suggests it, or after none. */
  readonly persists: boolean;
}

/** A fault that is no single webhook's. Times in milliseconds. */
export type Injection =
  | { readonly kind: 'kill_relay'; readonly relay: number; readonly downMs: number }
  | { readonly kind: 'freeze_store'; readonly downMs: number }
  | { readonly kind: 'kill_store'; readonly downMs: number }
  | { readonly kind: 'close_hook'; readonly org: Org; readonly downMs: number };

export function planFor({ intents: count, processes, seed }: PlanOptions): Plan {
  const random = new Random(seed);
  const intents = Array.from({ length: count }, (_, n) => planIntent(random, `${seed}-${n}`));
  const beats = intents.map((intent): Beat => {
    return { calls: [planCall(random, { intent, isRepeat: false, relay: random.below(processes) })], injections: [] };
  });
  for (const at of beats.keys()) {
    if (random.chance(repeatedShare)) planRepeat(random, beats, at, processes);
  }
  for (const injection of planInjections(random, count, processes)) {
    // Not at the very beginning nor at the very end, where there is little to be broken.
    const at = Math.floor(count * (0.05 + 0.9 * random.next()));
    beats[at]?.injections.push(injection);
  }
  return { intents, beats };
}

/** How many of the intents are called more than once. */
const repeatedShare = 0.2;

/** How many of the clients hang up, and how many do not take no for an answer. */
const leavingShare = 0.04;
const persistingShare = 0.5;

function planIntent(random: Random, name: string): PlannedIntent {
  const org = random.pick(['org_plain', 'org_plain', 'org_defers', 'org_deduplicates']);
  const fields = {
    title: `Appointment ${name}`,
    start_time: '2040-01-02T09:00:00Z',
    end_time: '2040-01-02T09:30:00Z',
    attendee_email: 'user@example.com',
  };
  const key = { orgId: org, tool: createAppointment.name, intentId: intentId(Object.values(fields)) };
  return { org, key, args: fields, acts: planActs(random, org) };
}

function planActs(random: Random, org: Org): readonly [Act, ...Act[]] {
  const act: Act = { play: playOf(random.next()), isDone: random.chance(0.5) };
  switch (act.play) {
    case 'accept':
    case 'accept_slowly':
    case 'accept_cut':
    case 'refuse':
      return [act];
    case 'too_many':
      return thenAccepted(act, random.below(3));
    case 'fail':
    case 'hang':
    case 'reset_early':
    case 'reset_late':
      // Whoever deduplicates is sent it again, until it answers; the others are never.
      return org === 'org_deduplicates' ? thenAccepted(act, random.below(2)) : [act];
  }
}

/** The same act once, or so many times more, and then an ordinary answer. */
function thenAccepted(act: Act, more: number): readonly [Act, ...Act[]] {
  return [act, ...Array<Act>(more).fill(act), { play: 'accept', isDone: true }];
}

/** The play for a number from 0 to 1. Most webhooks answer, or nothing could be learnt about the rest. */
function playOf(chance: number): Play {
  return playShares.find(([upTo]) => chance < upTo)?.[1] ?? 'accept';
}

const playShares: readonly (readonly [number, Play])[] = [
  [0.06, 'refuse'],
  [0.09, 'too_many'],
  [0.13, 'fail'],
  [0.16, 'hang'],
  [0.185, 'reset_early'],
  [0.21, 'reset_late'],
  [0.25, 'accept_cut'],
  [0.5, 'accept_slowly'],
];

function planCall(random: Random, call: Pick<PlannedCall, 'intent' | 'isRepeat' | 'relay'>): PlannedCall {
  return {
    ...call,
    ...(random.chance(leavingShare) && { leavesAfterMs: random.below(400) }),
    persists: random.chance(persistingShare),
  };
}

/** A repeat at once, at once through another relay, soon, or much later. */
function planRepeat(random: Random, beats: readonly Beat[], at: number, processes: number): void {
  const first = beats[at]?.calls[0];
  if (first === undefined) return;
  const { intent, relay } = first;
  const elsewhere = (relay + 1 + random.below(Math.max(1, processes - 1))) % processes;
  const [later, through] = random.pick([
    [0, relay],
    [0, elsewhere],
    [1 + random.below(50), random.below(processes)],
    [1 + random.below(beats.length), random.below(processes)],
  ]);
  const beat = beats[Math.min(at + later, beats.length - 1)];
  beat?.calls.push(planCall(random, { intent, isRepeat: true, relay: through }));
}

/** So many intents to one fault of each kind, and how many there are at the least. */
function planInjections(random: Random, intents: number, processes: number): Injection[] {
  const times = <T>(every: number, least: number, make: () => T): T[] =>
    Array.from({ length: Math.max(least, Math.round(intents / every)) }, make);
  return [
    ...times(
      400,
      2,
      () => ({ kind: 'kill_relay', relay: random.below(processes), downMs: random.below(1_000) }) as const,
    ),
    ...times(800, 1, () => ({ kind: 'freeze_store', downMs: 100 + random.below(2_400) }) as const),
    ...times(2_000, 1, () => ({ kind: 'kill_store', downMs: random.below(1_500) }) as const),
    ...times(
      1_500,
      1,
      () => ({ kind: 'close_hook', org: random.pick(orgsThatClose), downMs: 1_000 + random.below(2_000) }) as const,
    ),
  ];
}

const orgsThatClose = ['org_plain', 'org_defers', 'org_deduplicates'] as const;
