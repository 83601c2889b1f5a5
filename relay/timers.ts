/** Named timers; setting one that runs starts it anew. */
export class Timers<Name extends string> {
  private readonly running = new Map<Name, NodeJS.Timeout>();

  constructor(private readonly onTimer: (name: Name) => void) {}

  set(name: Name, afterMs: number): void {
    this.clear(name);
    const timer = setTimeout(() => {
      this.running.delete(name);
      this.onTimer(name);
    }, afterMs);
    this.running.set(name, timer);
  }

  clear(name: Name): void {
    clearTimeout(this.running.get(name));
    this.running.delete(name);
  }

  clearAll(): void {
    for (const timer of this.running.values()) clearTimeout(timer);
    this.running.clear();
  }
}
