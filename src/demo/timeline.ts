/** Who does or sees something in the demo. */
export type Actor = 'demo' | 'client' | 'caller' | 'carrier' | 'relay' | 'webhook' | 'model';

/** Writes what happens, one line each, with seconds since the start. */
export interface Timeline {
  tell(actor: Actor, text: string): void;
  /** A blank line and a heading. */
  chapter(title: string): void;
}

/** @param print takes one line without its line break. @param now milliseconds on a monotonic clock. */
export function createTimeline(print: (line: string) => void, now: () => number = () => performance.now()): Timeline {
  const startedMs = now();
  return {
    tell: (actor, text) => {
      const seconds = ((now() - startedMs) / 1000).toFixed(2).padStart(6);
      print(`${seconds} s  ${actor.padEnd(7)}  ${text}`);
    },
    chapter: (title) => {
      print('');
      print(`── ${title}`);
    },
  };
}
