import type { Expectation } from '../../../replay/player/expectation';
import type { Bounds } from '../../../replay/load/find-limit';
import type { LoadPlan } from '../../../replay/load/plan';
import type { CarrierName } from './carrier/names';

/** The options of `replay`, times in milliseconds. */
export interface ReplayOptions {
  readonly url?: string;
  readonly token?: string;
  readonly standIn?: true;
  readonly carrier?: CarrierName;
  readonly sessions?: number;
  readonly ramp?: number;
  readonly duration?: number;
  readonly rate?: number;
  readonly speed: number;
  readonly expect: Expectation;
  readonly patience: number;
  readonly workers: number;
  readonly findLimit?: true;
  readonly step: number;
  readonly within: number;
  readonly maxFailed: number;
  readonly json?: string;
  readonly html?: string;
}

/** What is wrong with how the command is used, naming the option; undefined if nothing. */
export function optionFault(options: ReplayOptions): string | undefined {
  const { rate, duration, ramp, findLimit, standIn, url, token, carrier, workers, speed, step, patience } = options;
  const [instant] = Object.entries({ duration, step, patience }).find(([, ms]) => ms === 0) ?? [];
  if (instant !== undefined) return `--${instant}: must be longer than no time at all.`;
  if (rate !== undefined && duration === undefined) return '--rate: needs --duration, or it would never end.';
  if (rate !== undefined && ramp !== undefined) return '--ramp: goes without --rate, which says when sessions start.';
  if (findLimit && (rate !== undefined || duration !== undefined || ramp !== undefined)) {
    return '--find-limit: goes without --rate, --duration and --ramp; --step says how long each try takes.';
  }
  if (standIn && url !== undefined) return '--stand-in: goes without --url; it plays to a relay of its own.';
  if (carrier !== undefined && token !== undefined) return '--token: goes without --carrier; carriers sign.';
  if (carrier !== undefined && workers > 1) return '--workers: is 1 with --carrier; there is one carrier.';
  if (carrier !== undefined && speed !== 1) return '--speed: is 1 with --carrier; phones know no other.';
  return undefined;
}

/** The plan that options ask for, of a run that is not a search. */
export function planOf({ sessions, ramp, duration, rate }: ReplayOptions): LoadPlan {
  if (rate !== undefined && duration !== undefined) {
    return { kind: 'rate', perSecond: rate, durationMs: duration, maxSessions: sessions ?? usualMaxSessions };
  }
  const many = sessions ?? 1;
  return { kind: 'steady', sessions: many, rampMs: ramp ?? usualRampMs(many), durationMs: duration };
}

/** The plan of one try: so many sessions, for `--step` after the last was started. */
export function trialPlan(sessions: number, { step }: ReplayOptions): LoadPlan {
  const rampMs = usualRampMs(sessions);
  return { kind: 'steady', sessions, rampMs, durationMs: rampMs + step };
}

export function boundsOf({ within, maxFailed }: ReplayOptions): Bounds {
  return { withinMs: within, failedShare: maxFailed / 100 };
}

const usualMaxSessions = 1_000;

/** Fifty a second: a relay lets in so many from one address. */
const usualRampMs = (sessions: number) => (sessions - 1) * 20;
