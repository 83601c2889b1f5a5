import { type IntentKey, keyText } from './record';

/** Who in this process wants to hear of the moves of which record. */
export class Watchers {
  readonly #byKey = new Map<string, Set<Watcher>>();

  /** @returns ends it; may be called twice. */
  add(key: IntentKey, onMove: () => void): () => void {
    const id = keyText(key);
    const watcher: Watcher = { onMove };
    const watchers = this.#byKey.get(id) ?? new Set();
    this.#byKey.set(id, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byKey.get(id) === watchers) this.#byKey.delete(id);
    };
  }

  /** Calls those of this key, each after the work at hand, so that none of them can disturb it. */
  tell(key: IntentKey): void {
    const watchers = this.#byKey.get(keyText(key));
    for (const watcher of watchers ?? []) queueMicrotask(() => watchers?.has(watcher) === true && watcher.onMove());
  }

  clear(): void {
    for (const watchers of this.#byKey.values()) watchers.clear();
    this.#byKey.clear();
  }
}

interface Watcher {
  readonly onMove: () => void;
}
