import { element } from './element';
import { type SampleVoice, type Sentence } from './sample-voice';

/** The sentences of the sample voice, as buttons; the one that should come next is marked. */
export class SamplesBar {
  private readonly bar = element('samples', HTMLElement);
  private readonly list = element('sample-list', HTMLUListElement);

  /** @param onMissing A sentence could not be loaded. */
  constructor(private readonly onMissing: () => void) {}

  show(voice: SampleVoice): void {
    const buttons = voice.sentences.map((sentence) => this.buttonFor(voice, sentence));
    this.list.replaceChildren(
      ...buttons.map((button) => {
        const item = document.createElement('li');
        item.append(button);
        return item;
      }),
    );
    mark(buttons, 0);
    buttons.forEach((button, index) => button.addEventListener('click', () => mark(buttons, index + 1)));
    this.bar.hidden = false;
  }

  hide(): void {
    this.bar.hidden = true;
    this.list.replaceChildren();
  }

  private buttonFor(voice: SampleVoice, sentence: Sentence): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = sentence.words;
    button.addEventListener('click', () => {
      button.setAttribute('aria-busy', 'true');
      void voice
        .say(sentence)
        .catch(() => this.onMissing())
        .finally(() => button.removeAttribute('aria-busy'));
    });
    return button;
  }
}

function mark(buttons: readonly HTMLButtonElement[], next: number): void {
  buttons.forEach((button, index) => button.classList.toggle('next', index === next));
}
