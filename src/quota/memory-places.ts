import { type Place, placeOf, type Places } from './places';

/** The places of a process that shares them with nobody. */
export class MemoryPlaces implements Places {
  readonly #taken = new Map<string, number>();

  take(key: string, max: number): Promise<Place | undefined> {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= max) return Promise.resolve(undefined);
    this.#taken.set(key, taken + 1);
    return Promise.resolve(placeOf(() => this.#leave(key)));
  }

  #leave(key: string): void {
    const left = (this.#taken.get(key) ?? 0) - 1;
    if (left > 0) this.#taken.set(key, left);
    else this.#taken.delete(key);
  }
}
