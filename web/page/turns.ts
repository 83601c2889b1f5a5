import { type Transcript } from '../client';
import { element } from './element';

/** The conversation as it is read: one entry for each turn, which grows word by word. */
export class Turns {
  private readonly list = element('turns', HTMLOListElement);
  private readonly log = element('log', HTMLElement);
  private readonly entries = new Map<string, { readonly item: HTMLLIElement; transcript: Transcript }>();

  /** Turns in which something was said. */
  get count(): number {
    return this.said.length;
  }

  /** The whole conversation as plain text. */
  get text(): string {
    return this.said.map(({ role, text }) => `${speakers[role]}: ${text}`).join('\n');
  }

  clear(): void {
    this.entries.clear();
    this.list.replaceChildren();
  }

  /** Takes what is known of a turn. One that ended without a word is taken out again. */
  show(transcript: Transcript): void {
    const known = this.entries.get(transcript.itemId);
    if (transcript.isFinal && transcript.text === '') {
      known?.item.remove();
      this.entries.delete(transcript.itemId);
      return;
    }
    this.following(() => {
      const item = known?.item ?? this.list.appendChild(document.createElement('li'));
      this.entries.set(transcript.itemId, { item, transcript });
      fill(item, transcript);
    });
  }

  /** The whole conversation into another list. */
  copyTo(list: HTMLOListElement): void {
    list.replaceChildren(
      ...this.said.map((transcript) => {
        const item = document.createElement('li');
        fill(item, { ...transcript, isFinal: true });
        return item;
      }),
    );
  }

  /** A line between turns, about the conversation itself. */
  divide(words: string): void {
    this.following(() => {
      const item = this.list.appendChild(document.createElement('li'));
      item.className = 'divider';
      item.textContent = words;
    });
  }

  /** Makes a change; whoever reads at the end sees what comes, whoever has scrolled back is left alone. */
  following(change: () => void): void {
    const { log } = this;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
    change();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  private get said(): readonly Transcript[] {
    return [...this.entries.values()].map(({ transcript }) => transcript).filter(({ text }) => text !== '');
  }
}

function fill(item: HTMLLIElement, { role, text, isFinal, isInterrupted }: Transcript): void {
  item.className = `turn ${role}${isFinal ? '' : ' open'}`;
  const parts = [part('who', speakers[role]), part('words', text)];
  item.replaceChildren(...parts, ...(isInterrupted ? [part('cut', 'interrupted')] : []));
}

function part(className: string, text: string): HTMLSpanElement {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

const speakers = { user: 'You', assistant: 'Assistant' } as const;
