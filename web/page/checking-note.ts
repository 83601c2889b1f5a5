import { announce } from './announce';
import { element } from './element';
import { type Turns } from './turns';

/** How long the note stays, in milliseconds: a shorter one cannot be read. */
const leastMs = 900;

/** The note that the assistant is checking something. */
export class CheckingNote {
  private readonly note = element('checking', HTMLElement);
  private sinceMs = 0;
  private ending: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly turns: Turns) {}

  show(activity: 'busy' | 'idle'): void {
    if (activity === 'busy') this.begin();
    else this.ending = setTimeout(() => this.end(), Math.max(0, this.sinceMs + leastMs - performance.now()));
  }

  end(): void {
    clearTimeout(this.ending);
    this.note.hidden = true;
  }

  private begin(): void {
    clearTimeout(this.ending);
    if (!this.note.hidden) return;
    this.sinceMs = performance.now();
    this.turns.following(() => (this.note.hidden = false));
    announce('The assistant is checking something.');
  }
}
