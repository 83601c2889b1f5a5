import { type RunningLoad, startLoad, startPlanned } from '../../../replay/load/load';
import { phoneSessions } from '../../../replay/load/phone-sessions';
import type { LoadPlan } from '../../../replay/load/plan';
import type { Script } from '../../../replay/player/script';
import { lineOfItsOwn, lineOfSettings } from './carrier/line';
import type { ReplayOptions } from './options';
import { startStandIn } from './stand-in';
import { relayTarget, shownUrl, targetOf } from './target';

/** Where sessions are played. */
export interface Stage {
  /** For people; without anything secret. */
  readonly shown: string;
  start(plan: LoadPlan): Promise<RunningLoad>;
  close(): Promise<void>;
}

/**
 * Finds or brings up what will be played to.
 *
 * @throws UsageError where the options or the relay's settings do not say it.
 */
export async function openStage(
  options: ReplayOptions,
  files: readonly string[],
  scripts: readonly Script[],
): Promise<Stage> {
  const { carrier: name, standIn, url, workers, speed, expect, patience: patienceMs } = options;
  const manner = { speed, expect, patienceMs };
  if (name !== undefined) {
    const line = await (standIn ? lineOfItsOwn(name) : lineOfSettings(name, url));
    const open = phoneSessions(scripts, manner, line.carrier, line.number);
    return {
      shown: `${line.shown}, as calls of ${name} to ${line.number}`,
      start: (plan) => startPlanned(plan, open),
      close: () => line.close(),
    };
  }
  const running = standIn ? await startStandIn() : undefined;
  const target = running ? relayTarget(running.origin, undefined) : targetOf(options);
  return {
    shown: running ? 'a relay of its own, with a stand-in for OpenAI' : shownUrl(target),
    start: (plan) => startLoad({ files, target, manner, plan }, workers),
    close: () => running?.close() ?? Promise.resolve(),
  };
}
