/**
 * Named timers; setting one that runs starts it anew.
 *
 * A process that was held up finds timers overdue before it has read what came in meanwhile. What has come in is taken first, so
 * that nobody counts as silent for the time in which nobody listened.
 */
export class Timers<Name extends string> {
  private readonly running = new Map<Name, () => void>();

  constructor(private readonly onTimer: (name: Name) => void) {}

  set(name: Name, afterMs: number): void {
    this.clear(name);
    const timer = setTimeout(() => {
      // Between timers and immediates Node reads its sockets.
      const afterReading = setImmediate(() => {
        this.running.delete(name);
        this.onTimer(name);
      });
      this.running.set(name, () => clearImmediate(afterReading));
    }, afterMs);
    this.running.set(name, () => clearTimeout(timer));
  }

  clear(name: Name): void {
    this.running.get(name)?.();
    this.running.delete(name);
  }

  clearAll(): void {
    for (const stop of this.running.values()) stop();
    this.running.clear();
  }
}
