import { progress } from '@clack/prompts';
import { giveBackCtrlC } from '../ctrl-c';

/** Shows how far a command over many intents has come. */
export interface Progress {
  /** One more is done; the line says what became of it. */
  advance(line: string): void;
  end(message: string): void;
}

/** A bar, for a terminal. */
export function barProgress(total: number, message: string): Progress {
  const bar = progress({ max: total, size: 30 });
  bar.start(`0 of ${total} ${message}`);
  giveBackCtrlC();
  let count = 0;
  return {
    advance() {
      count += 1;
      bar.advance(1, `${count} of ${total} ${message}`);
    },
    // A bar that was interrupted says nothing more.
    end: (summary) => (bar.isCancelled ? console.log(summary) : bar.stop(summary)),
  };
}

/** A line for each, where nobody watches. */
export function lineProgress(): Progress {
  return { advance: (line) => console.log(line), end: (message) => console.log(message) };
}
