import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Batch, headBytes } from './batch';
import { type Cut, openOrderBytes, type Order, type RecordingEnding, type RecordingPlan, type Report } from './orders';
import type { RoomLimits } from './room';

/** What a recorder is made of. */
export interface RecorderOptions extends RoomLimits {
  /** Memory for messages that wait to be written, of all recordings together, in bytes; a recording that finds none is cut short. */
  readonly queueBytes: number;
  /** A directory has become full, or has room again. */
  readonly onRoom: (directory: string, isFull: boolean) => void;
  /** The thread that writes has failed: every recording is cut short, and none is made any more. */
  readonly onFailed: (error: unknown) => void;
}

/** One recording that is being made. No member throws or waits. */
export interface Recording {
  /** A message passed. It is copied here, and written later by another thread. */
  add(from: 'client' | 'relay', message: Buffer | string): void;
  /** The session has ended; nothing is added any more. */
  end(cause: string): void;
}

/** How long messages are gathered before they are handed over, in milliseconds. */
const batchMs = 50;

/** How much is handed over at once, in bytes; a message that is larger goes by itself. */
const batchBytes = 65_536;

/** How long the thread may take to write what is left when all is closed, in milliseconds. */
const closeMs = 3_000;

/**
 * Records sessions, all of them in one thread beside this one. Here a message costs one copy; to read and redact it and to
 * wait for the disk is left to the thread.
 */
export class Recorder {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** What to do when it is known how a recording was left, by its number. */
  readonly #open = new Map<number, (ending: RecordingEnding) => void>();
  #state: 'running' | 'closing' | 'failed' = 'running';
  #serial = 0;
  #batch: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Bytes of what was handed over and not yet dealt with. */
  #underWay = 0;

  constructor(private readonly options: RecorderOptions) {
    this.#worker = startWriter(options);
    this.#worker.on('message', (report: Report) => this.#heard(report));
    this.#worker.on('error', (error: unknown) => this.#fail(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(new Error('The thread that writes recordings has ended'));
        resolve();
      });
    });
    // Recordings keep no process from ending; whoever ends one in good order calls `close`.
    this.#worker.unref();
  }

  /**
   * Begins a recording.
   *
   * @param startedAtMs the session's start, on the clock of `performance.now()`
   * @param onEnd called once, when it is known how the recording was left
   */
  record(plan: RecordingPlan, startedAtMs: number, onEnd: (ending: RecordingEnding) => void): Recording {
    const recording = ++this.#serial;
    const now = () => performance.now() - startedAtMs;
    let isTaking = true;
    this.#open.set(recording, (ending) => {
      isTaking = false;
      onEnd(ending);
    });
    const failure = this.#begin(recording, plan);
    if (failure !== undefined) this.#left(recording, failure);
    return {
      add: (from, message) => {
        if (!isTaking || this.#add(recording, now(), from, message)) return;
        isTaking = false;
        this.#order({ kind: 'cut', recording, t: now(), why: 'too_slow' });
      },
      end: (cause) => {
        if (!isTaking) return;
        isTaking = false;
        this.#order({ kind: 'end', recording, t: now(), cause });
      },
    };
  }

  /** Writes what is left and lets go of the thread. Recordings that have not ended by then end as they are. */
  async close(): Promise<void> {
    if (this.#state === 'running') {
      this.#order({ kind: 'close' });
      this.#state = 'closing';
    }
    this.#worker.ref();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeMs)));
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
    // One that a disk holds up cannot even be waited for to be ended.
    this.#worker.unref();
    void this.#worker.terminate();
    this.#leaveAll();
  }

  #begin(recording: number, plan: RecordingPlan): Cut | undefined {
    if (this.#state !== 'running') return writerFailed;
    if (!this.#hasMemory(openOrderBytes)) return tooSlow;
    this.#order({ kind: 'open', recording, plan });
    this.#underWay += openOrderBytes;
    return undefined;
  }

  /** False where there is no memory left for it. */
  #add(recording: number, t: number, from: 'client' | 'relay', message: Buffer | string): boolean {
    if (this.#batch?.add(recording, t, from, message)) return true;
    this.#handOver();
    const length = typeof message === 'string' ? Buffer.byteLength(message) : message.length;
    const bytes = Math.max(batchBytes, headBytes + length);
    if (!this.#hasMemory(bytes)) return false;
    this.#batch = new Batch(bytes);
    this.#timer ??= setTimeout(this.#onTimer, batchMs).unref();
    return this.#batch.add(recording, t, from, message);
  }

  #hasMemory(bytes: number): boolean {
    return this.#underWay + bytes <= this.options.queueBytes;
  }

  /** A thread that has something to do already gets more only when it is done, or when there is a whole batch. */
  readonly #onTimer = (): void => {
    this.#timer = undefined;
    if (this.#underWay === 0) this.#handOver();
  };

  #handOver(): void {
    if (this.#batch === undefined) return;
    const { bytes, block } = this.#batch;
    this.#batch = undefined;
    this.#underWay += block.byteLength;
    this.#worker.postMessage({ kind: 'write', block, bytes } satisfies Order, [block]);
  }

  /** What concerns a recording comes after what was said in it. */
  #order(order: Exclude<Order, { kind: 'write' }>): void {
    if (this.#state !== 'running') return;
    this.#handOver();
    this.#worker.postMessage(order);
  }

  #heard(report: Report): void {
    switch (report.kind) {
      case 'done':
        this.#underWay -= report.queuedBytes;
        if (this.#timer === undefined) this.#handOver();
        return;
      case 'closed':
        return this.#left(report.recording, report.ending);
      case 'room':
        return this.options.onRoom(report.directory, report.isFull);
    }
  }

  #fail(error: unknown): void {
    if (this.#state !== 'running') return;
    this.#state = 'failed';
    this.#batch = undefined;
    this.options.onFailed(error);
    this.#leaveAll();
  }

  #leaveAll(): void {
    for (const recording of this.#open.keys()) this.#left(recording, writerFailed);
  }

  #left(recording: number, ending: RecordingEnding): void {
    const tell = this.#open.get(recording);
    this.#open.delete(recording);
    tell?.(ending);
  }
}

const tooSlow: Cut = { kind: 'cut', why: 'too_slow', code: null };
const writerFailed: Cut = { kind: 'cut', why: 'writer_failed', code: null };

function startWriter({ directoryBytes, freeBytes }: RoomLimits): Worker {
  const extension = extname(__filename);
  return new Worker(join(__dirname, `writer${extension}`), {
    workerData: { directoryBytes, freeBytes } satisfies RoomLimits,
    execArgv: extension === '.ts' ? ['-r', require.resolve('ts-node/register')] : [],
  });
}
