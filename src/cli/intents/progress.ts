import { progress } from '@clack/prompts';

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
  // The bar would take Ctrl-C for itself and end the process in the middle, with exit code 0: it shall be a signal again.
  process.stdin.removeAllListeners('keypress');
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
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
