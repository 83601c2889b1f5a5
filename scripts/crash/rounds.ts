import { Killer } from './killer';
import { type Ledger } from './ledger';
import { plansFor } from './plans';
import { Receiver } from './receiver';

export interface CrashOptions {
  /** Any address `openStore` takes. The store may hold other things; it must outlive the process that has it open. */
  readonly storeUrl: string;
  readonly rounds: number;
  /** The same seed makes the same rounds, as far as killing at any moment can be repeated. */
  readonly seed: number;
  /** Told after each round. */
  readonly onRound?: (done: number) => void;
}

/**
 * Kills a process again and again on the way of its intents, starts another on the same store, repeats the calls, and
 * writes down what came of them. At the end everything is repeated once more.
 */
export async function crash({ storeUrl, rounds, seed, onRound }: CrashOptions): Promise<Ledger> {
  const receiver = await Receiver.start();
  const killer = new Killer(storeUrl, receiver);
  try {
    for (const [index, plan] of plansFor(rounds, seed).entries()) {
      await killer.round(plan);
      onRound?.(index + 1);
    }
    await killer.repeatAll();
    return killer.ledger;
  } finally {
    await killer.kill();
    await receiver.close();
  }
}
