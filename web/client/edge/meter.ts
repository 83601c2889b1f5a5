import { levelOf } from '../audio/level';
import { type Levels } from '../call';

/** Gathers how loud it is on both sides, and tells it at a steady pace; when it has become quiet, once more and then not. */
export class Meter {
  private input = 0;
  private output = 0;
  private wasQuiet = true;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly onLevels: (levels: Levels) => void) {
    this.timer = setInterval(() => this.tell(), everyMs);
  }

  /** Root of the mean square, 0 to 1. */
  hearInput(rms: number): void {
    this.input = Math.max(this.input, rms);
  }

  hearOutput(rms: number): void {
    this.output = Math.max(this.output, rms);
  }

  stop(): void {
    clearInterval(this.timer);
    this.onLevels({ input: 0, output: 0 });
  }

  private tell(): void {
    const isQuiet = this.input === 0 && this.output === 0;
    if (!isQuiet || !this.wasQuiet) this.onLevels({ input: levelOf(this.input), output: levelOf(this.output) });
    this.wasQuiet = isQuiet;
    this.input = 0;
    this.output = 0;
  }
}

const everyMs = 50;
