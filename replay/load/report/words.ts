import type { Measure } from '../../player/model';
import type { Figures } from '../histogram';
import type { LoadPlan } from '../plan';
import type { Summary } from './summary';

/** What is measured, as tables name it. */
export const measureNames: Readonly<Record<Measure, string>> = {
  connect: 'connect',
  ready: 'session ready',
  first_audio: 'first audio after end of turn',
  first_text: 'first text after end of turn',
  stall: 'gaps within an answer',
  round_trip: 'command to acknowledgement',
  ping: 'ping, there and back',
  tool_round: 'tool round',
  lateness: 'frame sent after it was due',
};

/** The columns of a table of times. */
export const figureNames = ['count', 'p50', 'p90', 'p99', 'p999', 'max'] as const satisfies readonly (keyof Figures)[];

export const figureTitles: Readonly<Record<keyof Figures, string>> = {
  count: 'count',
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
};

/** Milliseconds with as many digits as mean something. */
export function msText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms === 0) return '0';
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

export function figureText(figures: Figures, name: keyof Figures): string {
  return name === 'count' ? String(figures.count) : msText(figures[name]);
}

/** The plan in a few words. */
export function planText(plan: LoadPlan): string {
  const seconds = (ms: number) => `${Number((ms / 1_000).toFixed(1))} s`;
  if (plan.kind === 'rate') {
    return `${plan.perSecond} sessions started a second for ${seconds(plan.durationMs)}, at most ${plan.maxSessions} at once`;
  }
  const often = plan.durationMs === undefined ? 'each played once' : `over and over for ${seconds(plan.durationMs)}`;
  return `${plan.sessions} ${plan.sessions === 1 ? 'session' : 'sessions at once'}, ${often}, started over ${seconds(plan.rampMs)}`;
}

/** What became of the sessions, in words. */
export function sessionsText({ sessions }: Summary): string {
  const { started, completed, failed, refused, stopped, passedOver, heldMost } = sessions;
  const parts = { completed, failed, refused, stopped, 'not started': passedOver };
  const rest = Object.entries(parts).filter(([name, count]) => count > 0 || name === 'completed');
  return `${started} started: ${rest.map(([name, count]) => `${count} ${name}`).join(', ')}; at most ${heldMost} held at once`;
}

/** What a reader must know before the figures are believed, a sentence each. */
export function warningsOf({ generator, standIns, isInterrupted, sessions }: Summary): string[] {
  return [
    ...generator.limits.map(
      (limit) =>
        `The load generator itself was the bottleneck: ${limit}. What was measured says little about the server.`,
    ),
    ...(isInterrupted ? ['The run was ended by hand.'] : []),
    ...(sessions.passedOver > 0
      ? [`${sessions.passedOver} sessions were due and not started, because as many as allowed were on.`]
      : []),
    ...(standIns.frames > 0
      ? [
          `${standIns.frames} frames of audio were not kept in the recordings; noise or silence of their length was played.`,
        ]
      : []),
    ...(standIns.texts > 0 ? [`${standIns.texts} texts were redacted; others of their length were sent.`] : []),
    ...(standIns.leftOut > 0 ? [`${standIns.leftOut} events that nobody knows were left out.`] : []),
  ];
}

export function generatorText({ generator }: Summary): string {
  const { busy, cores, latenessMs } = generator;
  return `it used ${cores.toFixed(2)} cores, its busiest loop was ${(100 * busy).toFixed(0)} % busy, and 99 % of frames were sent within ${msText(latenessMs)} ms`;
}
