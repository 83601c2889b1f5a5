import { defaultSessionLimits } from '../../relay';
import { type SessionEvent, type SessionState } from '../../relay/model';
import { start, step } from '../../relay/step';
import { clientEvent } from './client-events';
import { type Mutant, mutateOfClient, mutateOfUpstream } from './mutate';
import { outcomeOf } from './outcome';
import { Random } from './random';
import * as secrets from './secrets';
import { upstreamEvent } from './upstream-events';
import { type Fault, Watch } from './watch';

/** How long to go on. */
export interface FuzzOptions {
  /** Frames in each direction. */
  readonly frames: number;
  readonly seed: number;
  /** Longest run, in milliseconds. */
  readonly maxMs: number;
}

/** Counts by name. */
export type Counts = Map<string, number>;

/** What was tried, and what came of it. */
export interface FuzzReport {
  readonly frames: Record<Direction, number>;
  readonly sessions: number;
  readonly elapsedMs: number;
  readonly types: Record<Direction, Counts>;
  readonly mutations: Record<Direction, Counts>;
  readonly outcomes: Record<Direction, Counts>;
  /** By the phase the session was in when the frame came. */
  readonly phases: Counts;
  readonly violations: readonly Violation[];
}

/** A rule that was broken. The same seed brings the same sessions again. */
export interface Violation {
  readonly rule: string;
  readonly session: number;
  /** What the session was told when it broke the rule, and what it said or did then. */
  readonly event: string;
  readonly evidence: string;
}

type Direction = 'client' | 'upstream';

/** After so many broken rules there is no use in going on. */
const maxViolations = 20;

/** Longest session, in frames. */
const maxFramesOfSession = 400;

const limits = {
  ...defaultSessionLimits,
  heldBytes: 4_096,
  waitingCreates: 2,
  roundsPerTurn: 3,
  toolOutputBytes: 1_024,
};

const config = {
  type: 'realtime',
  instructions: secrets.instructions,
  tools: secrets.toolNames.map((name) => ({ type: 'function', name })),
};

/** Plays hostile sessions against the core, one after the other, until there were frames enough in both directions. */
export function fuzz({ frames, seed, maxMs }: FuzzOptions): FuzzReport {
  const random = new Random(seed);
  const tally = newReport();
  const startedMs = performance.now();
  while (
    (tally.frames.client < frames || tally.frames.upstream < frames) &&
    tally.violations.length < maxViolations &&
    performance.now() - startedMs < maxMs
  ) {
    new Play(random, tally).run();
    tally.sessions += 1;
  }
  return { ...tally, elapsedMs: performance.now() - startedMs };
}

/** One session. */
class Play {
  readonly #watch = new Watch();
  #state: SessionState;
  #nowMs = 0;

  constructor(
    private readonly random: Random,
    private readonly tally: Tally,
  ) {
    this.#state = start({ config, limits }).state;
  }

  run(): void {
    this.#open();
    for (let left = 1 + this.random.below(maxFramesOfSession); left > 0; left -= 1) {
      if (this.#state.phase === 'ended' && this.random.chance(0.9)) return;
      this.#happen();
    }
  }

  /** Most sessions are opened at once, some by what happens to come, or never. */
  #open(): void {
    if (this.random.chance(0.1)) return;
    this.#say({ type: 'session.created', event_id: 'event_1', session: {} });
    if (this.random.chance(0.1)) return;
    this.#say({ type: 'session.updated', event_id: 'event_2', session: {} });
  }

  /** Tells a session that has just opened of the items that a client must not reach. */
  #introduce(): void {
    for (const id of secrets.hiddenItemIds) {
      this.#say({ type: 'conversation.item.added', previous_item_id: null, item: { id, type: 'function_call' } });
    }
  }

  #say(event: object): void {
    this.#feed({ kind: 'upstream.frame', frame: Buffer.from(JSON.stringify(event)) });
  }

  #happen(): void {
    this.#nowMs += this.random.below(50);
    const choice = this.random.next();
    if (choice < 0.47) this.#frame('client');
    else if (choice < 0.94) this.#frame('upstream');
    else if (choice < 0.97) this.#answer();
    else this.#feed(this.#incident());
  }

  #frame(direction: Direction): void {
    const { random } = this;
    const { mutant, type, isBinary } = direction === 'client' ? this.#ofClient() : this.#ofUpstream();
    const event: SessionEvent =
      direction === 'client'
        ? { kind: 'client.frame', frame: mutant.frame, isBinary }
        : { kind: 'upstream.frame', frame: mutant.frame };
    count(this.tally.phases, this.#state.phase);
    const outcome = this.#feed(event, mutant.frame, direction);
    this.tally.frames[direction] += 1;
    count(this.tally.types[direction], type);
    count(this.tally.mutations[direction], isBinary ? 'binary' : mutant.mutation);
    count(this.tally.outcomes[direction], outcome);
    // A frame that comes again must do no more harm than the first time.
    if (random.chance(0.02)) this.#feed(event);
  }

  #ofClient(): { mutant: Mutant; type: string; isBinary: boolean } {
    const tree = clientEvent(this.random);
    const type = String(tree['type']);
    const mutant = mutateOfClient(tree, clientEvent(this.random), this.random);
    return { mutant, type, isBinary: this.random.chance(0.01) };
  }

  #ofUpstream(): { mutant: Mutant; type: string; isBinary: boolean } {
    const { tree, isPlain } = upstreamEvent(this.random);
    const type = String(tree['type']);
    return { mutant: mutateOfUpstream(tree, isPlain, this.random), type, isBinary: false };
  }

  /** A tool ends, mostly one that runs. */
  #answer(): void {
    const { random } = this;
    const running = this.#running();
    const callId = (random.chance(0.9) ? random.pickAny(running) : undefined) ?? random.pick(secrets.callIds);
    const choice = random.next();
    if (choice < 0.15) this.#feed({ kind: 'tool.failed', callId });
    else if (choice < 0.3) this.#feed({ kind: 'timer', timer: `tool:${callId}` });
    else {
      const output = random.chance(0.9) ? secrets.toolOutput : 'x'.repeat(2_000);
      this.#feed({ kind: 'tool.answered', callId, output: { output, endSession: random.chance(0.02) } });
    }
  }

  #running(): string[] {
    if (this.#state.phase !== 'live') return [];
    return [...this.#state.rounds.calls.values()]
      .filter(({ stage }) => stage.name === 'running')
      .map(({ callId }) => callId);
  }

  #incident(): SessionEvent {
    const choice = this.random.next();
    if (choice < 0.7) return { kind: 'timer', timer: 'automatic-response' };
    if (choice < 0.8) return { kind: 'timer', timer: 'goodbye' };
    if (choice < 0.9) return { kind: 'drain' };
    return this.random.pick([
      { kind: 'timer', timer: 'opening' },
      { kind: 'timer', timer: 'session-max' },
      { kind: 'client.closed' },
      { kind: 'upstream.closed', code: 1006 },
      { kind: 'upstream.failed', failure: { kind: 'dns' } },
      { kind: 'end', cause: 'idle' },
    ]);
  }

  /** One step, watched. Returns what became of the frame, where there is one. */
  #feed(event: SessionEvent, frame: Buffer = Buffer.alloc(0), direction: Direction = 'client'): string {
    const before = this.#state;
    try {
      const { state, effects } = step(before, event, this.#nowMs);
      this.#state = state;
      const fault = this.#watch.fault(event, before, state, effects);
      if (fault !== undefined) this.#note(fault, event);
      if (before.phase === 'opening' && state.phase === 'live') this.#introduce();
      return outcomeOf(frame, effects, direction);
    } catch (error) {
      this.#note({ rule: 'nothing is thrown', evidence: String(error) }, event);
      return 'threw';
    }
  }

  #note(fault: Fault, event: SessionEvent): void {
    const told = 'frame' in event ? event.frame.toString('latin1') : JSON.stringify(event);
    this.tally.violations.push({ ...fault, session: this.tally.sessions, event: `${event.kind} ${told}` });
  }
}

interface Tally extends Omit<FuzzReport, 'elapsedMs' | 'violations' | 'sessions'> {
  sessions: number;
  readonly violations: Violation[];
}

const newReport = (): Tally => ({
  frames: { client: 0, upstream: 0 },
  sessions: 0,
  types: { client: new Map(), upstream: new Map() },
  mutations: { client: new Map(), upstream: new Map() },
  outcomes: { client: new Map(), upstream: new Map() },
  phases: new Map(),
  violations: [],
});

function count(counts: Counts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
