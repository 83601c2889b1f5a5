/**
 * Calls for frames at a steady rate on many lines at once, evenly spread over the period. When it comes late it makes up
 * for everything missed at once: what is due is due, however busy this process was.
 */
export class Metronome {
  #beat = 0;
  #startMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param onDue is given the line, when its frame was due, on the clock of `performance.now()`, and which frame of the line it
   *   is, counted from 0.
   */
  constructor(
    private readonly lines: number,
    private readonly periodMs: number,
    private readonly onDue: (line: number, dueMs: number, nth: number) => void,
  ) {}

  start(): void {
    this.#startMs = performance.now();
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** When the n-th frame of a line, counted from 0, was or will be due. */
  dueMs(line: number, n: number): number {
    return this.#dueOfBeat(n * this.lines + line);
  }

  readonly #tick = (): void => {
    const nowMs = performance.now();
    for (let dueMs = this.#dueOfBeat(this.#beat); dueMs <= nowMs; dueMs = this.#dueOfBeat(this.#beat)) {
      this.onDue(this.#beat % this.lines, dueMs, Math.floor(this.#beat / this.lines));
      this.#beat++;
    }
    this.#timer = setTimeout(this.#tick, 1);
  };

  #dueOfBeat(beat: number): number {
    return this.#startMs + (beat * this.periodMs) / this.lines;
  }
}
