import { type Place, placeOf } from './places';

/**
 * Tells the others how many places this process holds, and asks for more.
 *
 * @returns how many more it has now
 */
export type Tell = (held: number, wanted: number, max: number) => Promise<number>;

/**
 * The places of one key that this process holds, kept in step with what the others are told of them. It speaks one sentence
 * at a time; what is taken and given back meanwhile goes into the next one together.
 */
export class SharedCount {
  readonly #tell: Tell;
  readonly #asking: Asking[] = [];
  #held = 0;
  /** What the others believe; undefined where nobody knows, because a sentence or its answer was lost. */
  #told: number | undefined = 0;
  #speaking: Promise<void> | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Whether nothing is held, and the others know. */
  get isIdle(): boolean {
    return this.#speaking === undefined && this.#held === 0 && this.#told === 0;
  }

  /** @returns undefined where `max` places are taken. Rejects as `Tell` does. */
  take(max: number): Promise<Place | undefined> {
    return new Promise((resolve, reject) => {
      this.#asking.push({ max, resolve, reject });
      this.#speak();
    });
  }

  /** Tells the others once more, so that they go on believing it. Resolves when that was tried; whether it worked. */
  async renew(): Promise<boolean> {
    this.#told = undefined;
    this.#speak();
    await this.#speaking;
    return this.#isKnown();
  }

  #isKnown(): boolean {
    return this.#told !== undefined;
  }

  #leave(): void {
    this.#held -= 1;
    this.#speak();
  }

  #speak(): void {
    this.#speaking ??= this.#speakUntilSaid();
  }

  async #speakUntilSaid(): Promise<void> {
    // What happens in this tick is said in one sentence.
    await Promise.resolve();
    while (this.#asking.length > 0 || this.#told !== this.#held) {
      const isSaid = await this.#say(this.#nextAsking());
      // Nobody waits for the rest of it; the next renewal says it.
      if (!isSaid && this.#asking.length === 0) break;
    }
    this.#speaking = undefined;
  }

  async #say(asking: readonly Asking[]): Promise<boolean> {
    const held = this.#held;
    try {
      const granted = await this.#tell(held, asking.length, asking[0]?.max ?? 0);
      this.#held += granted;
      this.#told = held + granted;
      asking.forEach(({ resolve }, index) => resolve(index < granted ? placeOf(() => this.#leave()) : undefined));
      return true;
    } catch (error) {
      this.#told = undefined;
      for (const { reject } of asking) reject(error);
      return false;
    }
  }

  /** The first who asks, and those behind who are judged by the same number. */
  #nextAsking(): Asking[] {
    const different = this.#asking.findIndex(({ max }) => max !== this.#asking[0]?.max);
    return this.#asking.splice(0, different === -1 ? this.#asking.length : different);
  }
}

interface Asking {
  readonly max: number;
  readonly resolve: (place: Place | undefined) => void;
  readonly reject: (error: unknown) => void;
}
