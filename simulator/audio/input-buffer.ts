import { type Codec, codecOf } from './format';
import type { AudioFormat } from '../protocol/session-object';
import { WINDOW_MS } from './vad';

/**
 * The input audio buffer: bytes on the session's audio clock, which counts milliseconds of audio received since the
 * session began and never runs backwards.
 */
export class InputBuffer {
  private codec: Codec;
  private chunks: Buffer[] = [];
  private byteLength = 0;
  /** Where the first kept byte stands on the audio clock. */
  private startMs = 0;
  /** Received and not yet handed out as a window. */
  private unheard: Buffer = Buffer.alloc(0);

  constructor(format: AudioFormat) {
    this.codec = codecOf(format);
  }

  /** The audio clock: where the next byte will stand. */
  get endMs(): number {
    return this.startMs + this.byteLength / this.codec.bytesPerMs;
  }

  /** How much audio a commit would take now. */
  get durationMs(): number {
    return this.byteLength / this.codec.bytesPerMs;
  }

  append(bytes: Buffer): void {
    this.chunks.push(bytes);
    this.byteLength += bytes.length;
    this.unheard = this.unheard.length === 0 ? bytes : Buffer.concat([this.unheard, bytes]);
  }

  /** Hands out what came in as whole windows for the voice detector, each with its end on the audio clock. */
  *windows(): Generator<{ samples: Int16Array; endMs: number }> {
    const windowBytes = WINDOW_MS * this.codec.bytesPerMs;
    while (this.unheard.length >= windowBytes) {
      const window = this.unheard.subarray(0, windowBytes);
      this.unheard = this.unheard.subarray(windowBytes);
      yield {
        samples: this.codec.decode(window),
        endMs: Math.round(this.endMs - this.unheard.length / this.codec.bytesPerMs),
      };
    }
  }

  /** Takes the audio between two points of the clock and drops everything before the second. */
  take(fromMs: number, toMs: number): Buffer {
    const whole = Buffer.concat(this.chunks);
    const from = this.offsetOf(fromMs);
    const to = this.offsetOf(toMs);
    this.restart([whole.subarray(to)], whole.length - to);
    return whole.subarray(from, to);
  }

  /** Takes all of it. */
  takeAll(): Buffer {
    const whole = Buffer.concat(this.chunks);
    this.clear();
    return whole;
  }

  clear(): void {
    this.restart([], 0);
    this.unheard = Buffer.alloc(0);
  }

  /** Forgets what is older than `keptMs`, in large steps, so that an endless call does not grow. */
  forgetOlderThan(keptMs: number): void {
    if (this.durationMs > 2 * keptMs) this.take(this.startMs, this.endMs - keptMs);
  }

  /** From here on the bytes are of another format; what was buffered is dropped. */
  changeFormat(format: AudioFormat): void {
    const now = this.endMs;
    this.clear();
    this.codec = codecOf(format);
    this.startMs = now;
  }

  private offsetOf(ms: number): number {
    const offset = Math.round((ms - this.startMs) * this.codec.bytesPerMs);
    const aligned = offset - (offset % this.codec.bytesPerSample);
    return Math.min(this.byteLength, Math.max(0, aligned));
  }

  private restart(chunks: Buffer[], byteLength: number): void {
    this.startMs = this.endMs - byteLength / this.codec.bytesPerMs;
    this.chunks = chunks;
    this.byteLength = byteLength;
  }
}
