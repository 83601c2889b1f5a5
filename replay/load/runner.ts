import { performance } from 'node:perf_hooks';
import type { Outcome } from '../player/model';
import type { RunningSession, SessionListener } from '../player/session';
import { type Beat, BeatCollector } from './beat';
import { decide, type LoadPlan } from './plan';

/** Opens one session. `nth` counts those of the run from 0; it was due at `dueMs`, by `performance.now()`. */
export type OpenSession = (nth: number, listener: SessionListener, dueMs: number) => RunningSession;

/** Sessions of one thread, as they are planned. */
export interface Run {
  /** Resolves when all sessions are over. */
  readonly done: Promise<void>;
  /** Starts no more, and ends those that are on. */
  stop(): void;
}

/** How often it is told what happened, in milliseconds. */
const beatMs = 1_000;

/** How long a wait is at most before it is looked again, in milliseconds: Node's timers know no very long ones. */
const longestWaitMs = 3_600_000;

/** A second that was begun so lately tells nothing of how busy it is, in milliseconds. */
const tellingMs = beatMs / 2;

/** A place whose session was refused or broke off stays empty so long, in milliseconds: nobody is helped by a storm. */
const coolDownMs = 1_000;

/** Carries out a plan in this thread, and tells of every second, the last one too. */
export function startRun(plan: LoadPlan, open: OpenSession, onBeat: (beat: Beat) => void): Run {
  return new ThreadRun(plan, open, onBeat);
}

class ThreadRun implements Run {
  readonly #sessions = new Set<RunningSession>();
  readonly #collector = new BeatCollector();
  readonly #startedMs = performance.now();
  #finish: () => void = () => undefined;
  readonly done = new Promise<void>((resolve) => (this.#finish = resolve));
  readonly #beats: NodeJS.Timeout;
  #loop = performance.eventLoopUtilization();
  #timer: NodeJS.Timeout | undefined;
  #coolingDown = 0;
  #decided = 0;
  #started = 0;
  #connected = 0;
  #second = 0;
  #startsNoMore = false;
  #isOver = false;

  constructor(
    private readonly plan: LoadPlan,
    private readonly open: OpenSession,
    private readonly onBeat: (beat: Beat) => void,
  ) {
    this.#beats = setInterval(() => this.#beat(), beatMs);
    // Whoever started it shall know it before anything happens.
    this.#timer = setTimeout(() => this.#goOn(), 0);
  }

  stop(): void {
    this.#startsNoMore = true;
    for (const session of [...this.#sessions]) session.stop();
    this.#goOn();
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    while (!this.#startsNoMore) {
      const elapsedMs = performance.now() - this.#startedMs;
      const held = this.#sessions.size + this.#coolingDown;
      const decision = decide(this.plan, { elapsedMs, decided: this.#decided, held });
      if (decision.kind === 'done') this.#noMore();
      else if (decision.kind === 'wait') {
        if (decision.untilMs !== undefined) this.#lookAgain(decision.untilMs - elapsedMs);
        return;
      } else {
        this.#decided += 1;
        if (decision.kind === 'start') this.#start(this.#startedMs + decision.dueMs);
        else this.#collector.count('passedOver');
      }
    }
    if (this.#sessions.size === 0) this.#end();
  }

  #lookAgain(inMs: number): void {
    this.#timer = setTimeout(() => this.#goOn(), Math.min(inMs, longestWaitMs));
  }

  /** A run that is bounded in time ends with it; every other one waits for its sessions. */
  #noMore(): void {
    this.#startsNoMore = true;
    if (this.plan.durationMs === undefined) return;
    for (const session of [...this.#sessions]) session.stop();
  }

  #start(dueMs: number): void {
    this.#collector.count('started');
    let isConnected = false;
    const listener: SessionListener = {
      opened: () => {
        isConnected = true;
        this.#connected += 1;
      },
      measured: (measure, ms) => this.#collector.measured(measure, ms),
      erred: (code) => this.#collector.erred(code),
      ended: (outcome) => {
        if (isConnected) this.#connected -= 1;
        this.#sessions.delete(session);
        this.#ended(outcome);
      },
    };
    const session = this.open(this.#started, listener, dueMs);
    this.#started += 1;
    this.#sessions.add(session);
  }

  #ended(outcome: Outcome): void {
    this.#collector.ended(outcome);
    const isBad = outcome.kind === 'failed' || outcome.kind === 'refused';
    if (!isBad || this.#startsNoMore) return this.#goOn();
    this.#coolingDown += 1;
    setTimeout(() => {
      this.#coolingDown -= 1;
      this.#goOn();
    }, coolDownMs).unref();
  }

  #beat(): void {
    const now = performance.eventLoopUtilization();
    const { active, idle, utilization } = performance.eventLoopUtilization(now, this.#loop);
    const busy = active + idle < tellingMs ? 0 : utilization;
    this.#loop = now;
    this.onBeat(this.#collector.take({ second: this.#second, held: this.#connected, busy }));
    this.#second += 1;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearInterval(this.#beats);
    this.#beat();
    this.#finish();
  }
}
