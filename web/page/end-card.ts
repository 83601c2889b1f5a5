import { type EndCause } from '../client';
import { element } from './element';
import { asClock, asSeconds, median } from './figures';
import { offerWords } from './notice';
import { describe, type Offer, type Problem } from './problems';
import { type Turns } from './turns';

/** What is left of a call. */
export interface CallRecord {
  readonly cause: EndCause;
  readonly durationMs: number;
  /** Milliseconds to each answer. */
  readonly latencies: readonly number[];
  readonly turns: Turns;
}

/** What stands there when a call is over: why, how it was, and how to go on. */
export class EndCard {
  private readonly title = element('over-title', HTMLElement);
  private readonly words = element('over-words', HTMLElement);
  private readonly figures = element('over-figures', HTMLDListElement);
  private readonly again = element('again', HTMLButtonElement);
  private readonly copy = element('copy', HTMLButtonElement);
  private readonly conversation = element('over-conversation', HTMLDetailsElement);
  private remedy: () => void = () => undefined;
  private text = '';

  /** @param remedies What the button does where it is not a new call that helps. */
  constructor(
    private readonly callAgain: () => void,
    private readonly remedies: Readonly<Partial<Record<Offer, () => void>>>,
  ) {
    this.again.addEventListener('click', () => this.remedy());
    this.copy.addEventListener('click', () => void this.copyText());
  }

  show({ cause, durationMs, latencies, turns }: CallRecord): void {
    const { title, advice, offer }: Problem = problemOf(cause);
    this.title.textContent = title;
    this.words.textContent = advice;
    const remedy = offer && this.remedies[offer];
    this.again.textContent = offer && remedy ? offerWords[offer] : 'New call';
    this.remedy = remedy ?? this.callAgain;
    this.showFigures(durationMs, latencies, turns.count);
    this.showConversation(turns);
    this.title.focus();
  }

  private showFigures(durationMs: number, latencies: readonly number[], turns: number): void {
    const latency = median(latencies);
    this.figures.hidden = turns === 0;
    element('over-length', HTMLElement).textContent = asClock(durationMs);
    element('over-turns', HTMLElement).textContent = String(turns);
    element('over-latency', HTMLElement).textContent = latency === undefined ? '–' : asSeconds(latency);
  }

  private showConversation(turns: Turns): void {
    this.text = turns.text;
    this.copy.hidden = turns.count === 0;
    this.copy.textContent = 'Copy the conversation';
    this.conversation.hidden = turns.count === 0;
    this.conversation.open = false;
    turns.copyTo(element('over-turns-list', HTMLOListElement));
  }

  private async copyText(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.copy.textContent = 'Copied';
    } catch {
      // Without the clipboard there is the text itself, to be copied by hand.
      this.conversation.open = true;
    }
  }
}

function problemOf(cause: EndCause): Problem {
  switch (cause.kind) {
    case 'hung_up':
      return { title: 'The call has ended', advice: 'You have hung up.' };
    case 'completed':
      return { title: 'The call has ended', advice: 'The assistant has said goodbye.' };
    case 'failed':
      return describe(cause.error);
  }
}
