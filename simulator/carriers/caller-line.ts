import type { Random } from './random';
import { frameBytes, silenceByte, type WireFormat } from './wire-format';

/** The next 20 ms of what a caller's phone picks up. */
export type Pickup =
  /** `begins`: it is the first of something said. */
  | { readonly kind: 'voice'; readonly frame: Buffer; readonly begins: boolean }
  | { readonly kind: 'silence'; readonly frame: Buffer }
  /** Silence that is not transmitted. Time goes on. */
  | { readonly kind: 'suppressed' };

/** How something said ended: to the last sample, or with the line. */
export type Spoken = 'spoken' | 'cut_off';

/** Silence is left out in stretches, as phones do, of this many frames. */
const STRETCH_FRAMES = 10;

/** The caller's end of the line: what is said, one after the other, and silence in between. */
export class CallerLine {
  private readonly utterances: Utterance[] = [];
  private readonly size: number;
  private readonly silence: Buffer;
  private stretch = 0;
  private suppressing = false;
  private isDead = false;

  /** @param suppressed the share of silence, 0 to 1, that is not transmitted. */
  constructor(
    format: WireFormat,
    private readonly suppressed: number,
    private readonly random: Random,
  ) {
    this.size = frameBytes(format);
    this.silence = Buffer.alloc(this.size, silenceByte(format));
  }

  /** Says this after everything said before; the last frame is filled up with silence. */
  say(audio: Buffer): Promise<Spoken> {
    if (this.isDead) return Promise.resolve('cut_off');
    if (audio.length === 0) return Promise.resolve('spoken');
    return new Promise((done) => this.utterances.push({ audio, at: 0, done }));
  }

  next(): Pickup {
    const speaking = this.utterances[0];
    if (speaking !== undefined) {
      const begins = speaking.at === 0;
      return { kind: 'voice', frame: this.frameOf(speaking), begins };
    }
    if (this.stretch === 0) this.suppressing = this.suppressed > 0 && this.random() < this.suppressed;
    this.stretch = (this.stretch + 1) % STRETCH_FRAMES;
    return this.suppressing ? { kind: 'suppressed' } : { kind: 'silence', frame: this.silence };
  }

  /** The line is dead: nothing that was to be said will be, nor what is said from now on. */
  end(): void {
    this.isDead = true;
    for (const { done } of this.utterances.splice(0)) done('cut_off');
  }

  private frameOf(speaking: Utterance): Buffer {
    const piece = speaking.audio.subarray(speaking.at, speaking.at + this.size);
    speaking.at += this.size;
    this.stretch = 0;
    if (speaking.at >= speaking.audio.length) {
      this.utterances.shift();
      speaking.done('spoken');
    }
    return piece.length === this.size ? piece : Buffer.concat([piece, this.silence], this.size);
  }
}

interface Utterance {
  readonly audio: Buffer;
  at: number;
  readonly done: (how: Spoken) => void;
}
