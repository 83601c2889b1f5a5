/** When sessions are started. */
export type LoadPlan = SteadyPlan | RatePlan;

/** So many sessions at once. */
export interface SteadyPlan {
  readonly kind: 'steady';
  readonly sessions: number;
  /** Over which the first of them are started, evenly. */
  readonly rampMs: number;
  /** How long a session that ended is followed by another; undefined: every session is played once. */
  readonly durationMs: number | undefined;
}

/** So many sessions started a second, however many are still on. */
export interface RatePlan {
  readonly kind: 'rate';
  readonly perSecond: number;
  readonly durationMs: number;
  /** How many may be on at once; one that would be too many is not started, and counted. */
  readonly maxSessions: number;
}

/** How far a run has come. */
export interface Standing {
  readonly elapsedMs: number;
  /** Sessions that were due and have been started, or passed over. */
  readonly decided: number;
  /** Sessions that are on now. */
  readonly held: number;
}

/** What is to be done about sessions. */
export type Decision =
  /** It was due at `dueMs`, in milliseconds since the start. */
  | { readonly kind: 'start'; readonly dueMs: number }
  /** One was due, and there are too many. */
  | { readonly kind: 'pass_over' }
  /** Nothing, before so many milliseconds since the start; undefined: before a session has ended. */
  | { readonly kind: 'wait'; readonly untilMs: number | undefined }
  /** No more will be started. */
  | { readonly kind: 'done' };

/** Decides about the next session. Pure. */
export function decide(plan: LoadPlan, standing: Standing): Decision {
  return plan.kind === 'steady' ? steady(plan, standing) : atRate(plan, standing);
}

/** How many workers have something to do: none without a session. */
export function usefulWorkers(plan: LoadPlan, workers: number): number {
  return Math.min(workers, plan.kind === 'steady' ? plan.sessions : plan.maxSessions);
}

/** The part of a plan that one of several workers carries out; `worker` counts from 0. */
export function shareOf(plan: LoadPlan, worker: number, workers: number): LoadPlan {
  const part = (whole: number) => Math.floor(whole / workers) + (worker < whole % workers ? 1 : 0);
  return plan.kind === 'steady'
    ? { ...plan, sessions: part(plan.sessions) }
    : { ...plan, perSecond: plan.perSecond / workers, maxSessions: part(plan.maxSessions) };
}

function steady({ sessions, rampMs, durationMs }: SteadyPlan, { elapsedMs, decided, held }: Standing): Decision {
  if (durationMs === undefined ? decided >= sessions : elapsedMs >= durationMs) return { kind: 'done' };
  if (decided >= sessions) {
    return held < sessions ? { kind: 'start', dueMs: elapsedMs } : { kind: 'wait', untilMs: durationMs };
  }
  const dueMs = (decided * rampMs) / sessions;
  return elapsedMs >= dueMs ? { kind: 'start', dueMs } : { kind: 'wait', untilMs: dueMs };
}

function atRate({ perSecond, durationMs, maxSessions }: RatePlan, { elapsedMs, decided, held }: Standing): Decision {
  const dueMs = (decided * 1_000) / perSecond;
  if (dueMs >= durationMs) return { kind: 'done' };
  if (elapsedMs < dueMs) return { kind: 'wait', untilMs: dueMs };
  return held < maxSessions ? { kind: 'start', dueMs } : { kind: 'pass_over' };
}
