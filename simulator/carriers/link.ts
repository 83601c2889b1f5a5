import type { Clock } from './clock';
import type { Random } from './random';

/** How the network between a carrier and the relay behaves, each way. By default it takes no time at all. */
export interface Network {
  /** The least a message takes, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** How much longer it may take, in milliseconds, by chance. Default 0. A message never overtakes an earlier one. */
  readonly jitterMs?: number;
  /** The share of media frames, 0 to 1, that come after their successor; for carriers that promise no order. Default 0. */
  readonly reordered?: number;
}

/** One direction of a connection. */
export class Link {
  private freeAtMs = 0;
  private late: (() => void) | undefined;
  private travelling: Travelling[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly network: Network,
    private readonly random: Random,
  ) {}

  /** Calls `arrive` when the message is through, after everything sent before it. */
  send(arrive: () => void): void {
    const late = this.late;
    this.late = undefined;
    this.transport(arrive);
    if (late !== undefined) this.transport(late);
  }

  /** Like `send`, but the next message may come first. */
  sendUnordered(arrive: () => void): void {
    const { reordered = 0 } = this.network;
    if (this.late === undefined && reordered > 0 && this.random() < reordered) this.late = arrive;
    else this.send(arrive);
  }

  /** Drops what is still under way. */
  cut(): void {
    this.late = undefined;
    for (const { callOff } of this.travelling.splice(0)) callOff();
  }

  private transport(arrive: () => void): void {
    const { latencyMs = 0, jitterMs = 0 } = this.network;
    if (latencyMs === 0 && jitterMs === 0) {
      arrive();
      return;
    }
    this.freeAtMs = Math.max(this.freeAtMs, this.clock.now() + latencyMs + this.random() * jitterMs);
    const atMs = this.freeAtMs;
    this.travelling.push({ atMs, arrive, callOff: this.clock.at(atMs, () => this.deliver(atMs)) });
  }

  /** Alarms of a real clock for one moment may go off in any order; messages arrive in theirs. */
  private deliver(untilMs: number): void {
    for (let first = this.travelling[0]; first !== undefined && first.atMs <= untilMs; first = this.travelling[0]) {
      this.travelling.shift();
      first.callOff();
      first.arrive();
    }
  }
}

interface Travelling {
  readonly atMs: number;
  readonly arrive: () => void;
  readonly callOff: () => void;
}
