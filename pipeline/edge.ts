import { randomBytes, randomUUID } from 'node:crypto';
import { type LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';

/** What the pipeline takes from the world around it, so that a test can give it another. */
export interface Edge {
  /** Milliseconds since the epoch; only for what is shown to others, such as a signature's time. */
  nowMs(): number;
  /** Milliseconds since any fixed moment, never going back; for durations. */
  monotonicMs(): number;
  /** At least 0, less than 1. */
  random(): number;
  /** A new, unguessable name for one claim. */
  newOwner(): string;
  /** A new id, 16 hexadecimal digits, for a call that has no identity of its own. */
  newIntentId(): string;
  /** Every address of a host's name; rejects where there is none. */
  resolve(hostName: string): Promise<readonly LookupAddress[]>;
}

/** The clock, the randomness and the resolver of the machine. */
export const realEdge: Edge = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  newOwner: () => randomUUID(),
  newIntentId: () => randomBytes(8).toString('hex'),
  resolve: (hostName) => lookup(hostName, { all: true }),
};
