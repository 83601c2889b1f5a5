import type { Clock } from './clock';

/** What became of one media message of the relay's. */
export interface HeardSpan {
  /** Counts the relay's media messages of the call from 0. */
  readonly message: number;
  /** When its first sample was heard, or will be, by the call's clock. */
  readonly fromMs: number;
  readonly lengthMs: number;
  /** How much of it was heard so far; less than `lengthMs` for ever if it was cleared. */
  readonly heardMs: number;
  readonly cleared: boolean;
}

/** A time in which nothing was played between two messages. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PlaybackListener {
  /** Everything queued before the mark has been played, or nothing was. */
  markReached(name: string): void;
  /** Sound begins after quiet. */
  started(message: number): void;
  /** The queue ran dry, or was cleared. */
  stopped(): void;
}

export interface PlaybackSetup {
  readonly bytesPerMs: number;
  /** More than this may not be queued, in milliseconds. */
  readonly maxQueuedMs: number;
}

/** The carrier's queue of the relay's audio and the ear at its end: it plays in order, in the time of the clock. */
export class Playback {
  private readonly played: Piece[] = [];
  private marks: { readonly name: string; readonly dueMs: number }[] = [];
  /** When what is queued will have been played. */
  private endMs = 0;
  /** All that was queued and not cleared. */
  private acceptedMs = 0;
  /** There is one alarm while it plays: for the first mark, else for the end of the queue. */
  private callOffAlarm: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly setup: PlaybackSetup,
    private readonly listener: PlaybackListener,
  ) {}

  /** How much is queued and not heard yet, in milliseconds. */
  get queuedMs(): number {
    return Math.max(0, this.endMs - this.clock.now());
  }

  /** How much has been heard in all, in milliseconds. */
  get heardMs(): number {
    return this.acceptedMs - this.queuedMs;
  }

  /** What became of every message, in order. */
  get heard(): readonly HeardSpan[] {
    const now = this.clock.now();
    return this.played.map(({ message, fromMs, lengthMs, clearedAtMs }) => ({
      message,
      fromMs,
      lengthMs,
      heardMs: Math.min(lengthMs, Math.max(0, Math.min(now, clearedAtMs ?? now) - fromMs)),
      cleared: clearedAtMs !== undefined,
    }));
  }

  /** The times between sounds, oldest first. */
  get gaps(): readonly Gap[] {
    const gaps: Gap[] = [];
    let quietFromMs: number | undefined;
    for (const { fromMs, lengthMs, heardMs } of this.heard) {
      if (heardMs === 0) continue;
      if (quietFromMs !== undefined && fromMs > quietFromMs) gaps.push({ fromMs: quietFromMs, toMs: fromMs });
      quietFromMs = fromMs + Math.min(heardMs, lengthMs);
    }
    return gaps;
  }

  /** The bytes that were heard, without the gaps. */
  heardAudio(): Buffer {
    const heard = this.heard;
    return Buffer.concat(
      this.played.map(({ audio }, index) =>
        audio.subarray(0, Math.round((heard[index]?.heardMs ?? 0) * this.setup.bytesPerMs)),
      ),
    );
  }

  /** Queues audio; `false` when it would be too much, and it is dropped. */
  play(message: number, audio: Buffer): boolean {
    const lengthMs = audio.length / this.setup.bytesPerMs;
    if (this.queuedMs + lengthMs > this.setup.maxQueuedMs) return false;
    const fromMs = Math.max(this.clock.now(), this.endMs);
    this.played.push({ message, audio, fromMs, lengthMs, clearedAtMs: undefined });
    this.endMs = fromMs + lengthMs;
    this.acceptedMs += lengthMs;
    if (this.callOffAlarm === undefined) {
      this.watch();
      this.listener.started(message);
    }
    return true;
  }

  /** Asks to be told when everything queued so far has been played: at once if that is nothing. */
  mark(name: string): void {
    if (this.callOffAlarm === undefined) this.listener.markReached(name);
    else this.marks.push({ name, dueMs: this.endMs });
  }

  /** Drops what has not been heard. Returns how much that was, and the marks that were waiting. */
  clear(): { readonly droppedMs: number; readonly marks: readonly string[] } {
    const now = this.clock.now();
    const droppedMs = this.queuedMs;
    for (let index = this.played.length - 1; index >= 0; index -= 1) {
      const piece = this.played[index];
      if (piece === undefined || piece.fromMs + piece.lengthMs <= now || piece.clearedAtMs !== undefined) break;
      piece.clearedAtMs = now;
    }
    this.acceptedMs -= droppedMs;
    const marks = this.marks.map(({ name }) => name);
    this.marks = [];
    this.endMs = Math.min(this.endMs, now);
    const wasPlaying = this.callOffAlarm !== undefined;
    this.callOffAlarm?.();
    this.callOffAlarm = undefined;
    if (wasPlaying) this.listener.stopped();
    return { droppedMs, marks };
  }

  /** The call is over: nothing more is played or returned. */
  end(): void {
    this.clear();
  }

  private watch(): void {
    this.callOffAlarm = this.clock.at(this.marks[0]?.dueMs ?? this.endMs, () => {
      this.returnMarks();
      if (this.queuedMs > 0) this.watch();
      else {
        this.callOffAlarm = undefined;
        this.listener.stopped();
      }
    });
  }

  private returnMarks(): void {
    const now = this.clock.now();
    for (let first = this.marks[0]; first !== undefined && first.dueMs <= now; first = this.marks[0]) {
      this.marks.shift();
      this.listener.markReached(first.name);
    }
  }
}

interface Piece {
  readonly message: number;
  readonly audio: Buffer;
  readonly fromMs: number;
  readonly lengthMs: number;
  clearedAtMs: number | undefined;
}
