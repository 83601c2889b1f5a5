import { type Fault, pass } from './fault-proxy-fault';

/** One direction of all connections of a proxy: what goes wrong in it, and how many bytes it has seen. */
export class Lane {
  readonly #onFault: () => void;
  #fault: Fault = pass;
  #replaced = new AbortController();
  readonly #arrived = new Count();
  readonly #passed = new Count();

  constructor(onFault: () => void) {
    this.#onFault = onFault;
  }

  get fault(): Fault {
    return this.#fault;
  }

  /** Holds from now on, for connections that are open too; what the fault before it held back is let go. */
  set fault(fault: Fault) {
    const before = this.#replaced;
    this.#fault = fault;
    this.#replaced = new AbortController();
    before.abort();
    this.#onFault();
  }

  /** Aborted when the fault that holds now is replaced. */
  get replaced(): AbortSignal {
    return this.#replaced.signal;
  }

  /** Resolves when so many bytes have come, over all connections, whatever became of them. */
  arrived(bytes: number): Promise<void> {
    return this.#arrived.reaches(bytes);
  }

  /** Resolves when so many bytes have been passed on, over all connections. */
  passed(bytes: number): Promise<void> {
    return this.#passed.reaches(bytes);
  }

  /** Bytes passed on so far. */
  get passedBytes(): number {
    return this.#passed.value;
  }

  noteArrived(bytes: number): void {
    this.#arrived.add(bytes);
  }

  notePassed(bytes: number): void {
    this.#passed.add(bytes);
  }
}

/** A number that only grows, and a way to wait for it. */
export class Count {
  #value = 0;
  #waiting: { readonly value: number; readonly resolve: () => void }[] = [];

  get value(): number {
    return this.#value;
  }

  add(more: number): void {
    this.#value += more;
    const isReached = ({ value }: { readonly value: number }) => this.#value >= value;
    for (const { resolve } of this.#waiting.filter(isReached)) resolve();
    this.#waiting = this.#waiting.filter((one) => !isReached(one));
  }

  reaches(value: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ value, resolve });
      this.add(0);
    });
  }
}
