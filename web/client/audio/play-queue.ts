/** Samples that were played of a part, all in all. */
export interface PlayedFrames {
  readonly part: number;
  readonly frames: number;
}

/**
 * What waits to be played: pieces in order, without a gap between them, however they come. It knows to the sample what it
 * has given out.
 */
export class PlayQueue {
  private readonly pieces: { readonly part: number; readonly samples: Float32Array; at: number }[] = [];
  private readonly played = new Map<number, number>();
  /** Parts of which more was played since that was last asked. */
  private readonly news = new Set<number>();
  private queued = 0;
  private waited = 0;
  private isRunning = false;
  private fading = new Float32Array(0);

  /**
   * @param leadFrames So much is gathered before the first sample is played, but not for longer than it would take to play
   * it: what comes in small pieces is not torn apart.
   * @param fadeFrames Over so many samples it falls silent, so that there is no click.
   */
  constructor(
    private readonly leadFrames: number,
    private readonly fadeFrames: number,
  ) {}

  isEmpty(): boolean {
    return this.queued === 0 && this.fading.length === 0;
  }

  /** Something was played since that was last asked. */
  hasNews(): boolean {
    return this.news.size > 0;
  }

  push(part: number, samples: Float32Array): void {
    if (samples.length === 0) return;
    this.pieces.push({ part, samples, at: 0 });
    this.queued += samples.length;
  }

  /** Fills `out` with what is next, and with silence where there is nothing. */
  pull(out: Float32Array): void {
    out.fill(0);
    const faded = this.fading.subarray(0, out.length);
    out.set(faded);
    this.fading = this.fading.slice(faded.length);
    if (!this.isRunning && this.queued > 0) {
      this.isRunning = this.queued >= this.leadFrames || this.waited >= this.leadFrames;
      this.waited += out.length;
    }
    if (this.isRunning) this.take(out.subarray(faded.length));
    if (this.queued === 0) {
      this.isRunning = false;
      this.waited = 0;
    }
  }

  /** What was played, of each part of which that has changed since it was last asked. */
  report(): PlayedFrames[] {
    const report = [...this.news].map((part) => ({ part, frames: this.played.get(part) ?? 0 }));
    this.news.clear();
    const current = this.pieces[0]?.part ?? Math.max(...this.played.keys());
    // A part that is over is not heard of again.
    for (const part of this.played.keys()) if (part < current) this.played.delete(part);
    return report;
  }

  /** Falls silent and drops what waits. What is still given out for that counts as played. */
  silence(): PlayedFrames[] {
    if (this.isRunning) {
      const fading = new Float32Array(Math.min(this.fadeFrames, this.queued));
      this.take(fading);
      this.fading = fading.map((sample, at) => sample * (1 - (at + 1) / fading.length));
    }
    this.pieces.length = 0;
    this.queued = 0;
    this.isRunning = false;
    this.waited = 0;
    return this.report();
  }

  private take(out: Float32Array): void {
    let filled = 0;
    for (let piece = this.pieces[0]; piece !== undefined && filled < out.length; piece = this.pieces[0]) {
      const some = piece.samples.subarray(piece.at, piece.at + out.length - filled);
      out.set(some, filled);
      filled += some.length;
      piece.at += some.length;
      this.queued -= some.length;
      this.played.set(piece.part, (this.played.get(piece.part) ?? 0) + some.length);
      this.news.add(piece.part);
      if (piece.at === piece.samples.length) this.pieces.shift();
    }
  }
}
