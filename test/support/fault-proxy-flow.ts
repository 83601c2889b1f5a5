import { once } from 'node:events';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Break, type Fault } from './fault-proxy-fault';
import { type Lane } from './fault-proxy-lane';

/** How a flow ends the connection it belongs to. */
export interface Connection {
  /** True once it has been ended: what still comes is lost. */
  readonly isOver: boolean;
  cut(): void;
  reset(): void;
}

/** One direction of one connection: carries bytes from a socket to the other as the fault of its lane has it. */
export class Flow {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #lane: Lane;
  readonly #connection: Connection;
  /** Bytes that have come under the fault that holds. */
  #under: { readonly fault: Fault; bytes: number } | undefined;

  constructor(source: Socket, sink: Socket, lane: Lane, connection: Connection) {
    this.#source = source;
    this.#sink = sink;
    this.#lane = lane;
    this.#connection = connection;
  }

  /** Carries until the source ends, then ends the sink in the same way. Never rejects. */
  async run(): Promise<void> {
    this.faultSet();
    try {
      // Readable.iterator has no parameter for its type.
      const chunks = this.#source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const chunk of chunks) {
        this.#lane.noteArrived(chunk.length);
        await this.#carry(chunk);
      }
      await this.#whileMute();
      this.#sink.end();
    } catch {
      await this.#whileMute();
      this.#sink.resetAndDestroy();
    }
  }

  /** A fault was set, or the connection opened. One that breaks without waiting for a byte does so now. */
  faultSet(): void {
    const { fault } = this.#lane;
    if (fault.kind === 'break' && fault.at === 0) this.#break(fault);
  }

  async #carry(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0 && !this.#connection.isOver) {
      const { fault, replaced } = this.#lane;
      switch (fault.kind) {
        case 'pass':
          await this.#pass(rest);
          return;
        case 'delay':
          if (!(await slept(fault.ms, replaced))) break;
          await this.#pass(rest);
          return;
        case 'drip':
          if (!(await slept(fault.everyMs, replaced))) break;
          await this.#pass(rest.subarray(0, fault.bytes));
          rest = rest.subarray(fault.bytes);
          break;
        case 'stall':
          await aborted(replaced);
          break;
        case 'break':
          await this.#carryUpTo(fault, rest);
          return;
      }
    }
  }

  async #carryUpTo(fault: Break, chunk: Buffer): Promise<void> {
    if (this.#under?.fault !== fault) this.#under = { fault, bytes: 0 };
    const before = this.#under.bytes;
    this.#under.bytes += chunk.length;
    await this.#pass(chunk.subarray(0, Math.max(0, fault.passes - before)));
    const isNow = before < fault.at && this.#under.bytes >= fault.at;
    if (isNow && this.#lane.fault === fault) this.#break(fault);
  }

  #break({ then }: Break): void {
    switch (then.kind) {
      case 'cut':
        this.#connection.cut();
        return;
      case 'reset':
        this.#connection.reset();
        return;
      case 'instead':
        void this.#pass(then.bytes);
        return;
      case 'silence':
    }
  }

  /** Resolves when the bytes have left, or cannot any more. */
  async #pass(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    this.#lane.notePassed(bytes.length);
    await new Promise<void>((resolve) => this.#sink.write(bytes, () => resolve()));
  }

  /** Whoever hears nothing of the other side does not hear of its end either. */
  async #whileMute(): Promise<void> {
    for (;;) {
      const { fault, replaced } = this.#lane;
      const isMute =
        fault.kind === 'stall' ||
        (fault.kind === 'break' &&
          (fault.then.kind === 'silence' || fault.then.kind === 'instead') &&
          (this.#under?.fault === fault ? this.#under.bytes : 0) >= fault.at);
      if (!isMute || this.#connection.isOver) return;
      await aborted(replaced);
    }
  }
}

/** False as soon as the signal aborts. */
function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
