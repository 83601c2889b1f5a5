import { spinner } from '@clack/prompts';
import type { RunningLoad } from '../../../replay/load/load';
import { msText } from '../../../replay/load/report/words';
import { giveBackCtrlC } from '../ctrl-c';

/** Shows how a run goes while it goes. */
export interface Progress {
  end(message: string): void;
}

/** How often it is shown, in milliseconds: on a terminal, and where lines are kept. */
const [terminalMs, linesMs] = [500, 5_000];

/** One line that changes on a terminal, plain lines elsewhere. */
export function showProgress(load: RunningLoad, what: string): Progress {
  const startedMs = performance.now();
  const line = () => progressLine(load, (performance.now() - startedMs) / 1_000, what);
  if (!process.stdout.isTTY) {
    const timer = setInterval(() => console.log(line()), linesMs);
    return {
      end(message) {
        clearInterval(timer);
        console.log(message);
      },
    };
  }
  const shown = spinner();
  shown.start(what);
  giveBackCtrlC();
  const timer = setInterval(() => shown.message(line()), terminalMs);
  return {
    end(message) {
      clearInterval(timer);
      if (shown.isCancelled) console.log(message);
      else shown.stop(message);
    },
  };
}

/** Such as `12 s · 40 on, 3 completed, 0 failed · first audio 412 ms, ping 3.1 ms (p99)`. */
function progressLine({ totals }: RunningLoad, seconds: number, what: string): string {
  const { completed, failed, refused } = totals.counts;
  const times = [
    ['first audio', totals.percentile('first_audio', 99)],
    ['ping', totals.percentile('ping', 99)],
  ] as const;
  const known = times.filter(([, ms]) => Number.isFinite(ms)).map(([name, ms]) => `${name} ${msText(ms)} ms`);
  const parts = [
    `${what}: ${seconds.toFixed(0)} s`,
    `${totals.heldNow} on, ${completed} completed, ${failed + refused} failed`,
    ...(known.length === 0 ? [] : [`${known.join(', ')} (p99)`]),
  ];
  return parts.join(' · ');
}
