import { type CallEvents } from '../call';

/** Who wants to be told what. */
export class Listeners {
  private readonly byEvent = new Map<string, Set<(detail: never) => void>>();

  /** @returns How to stop being told. */
  add<Name extends keyof CallEvents>(event: Name, listener: (detail: CallEvents[Name]) => void): () => void {
    const listeners = this.byEvent.get(event) ?? new Set();
    this.byEvent.set(event, listeners);
    // In a function of its own, so that one that is added twice is told twice, and stopped one at a time.
    const own = (detail: CallEvents[Name]) => listener(detail);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  /** Tells all of them, also those after one that throws; what it throws becomes an error of the page. */
  tell<Name extends keyof CallEvents>(event: Name, detail: CallEvents[Name]): void {
    for (const listener of [...(this.byEvent.get(event) ?? [])]) {
      try {
        // A cast, because a map cannot say that what was added for an event takes what is told of it.
        (listener as (detail: CallEvents[Name]) => void)(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
