import { element } from './element';

/** Has a screen reader say something when it is done with what it says. */
export function announce(words: string): void {
  element('announcer', HTMLElement).textContent = words;
}
