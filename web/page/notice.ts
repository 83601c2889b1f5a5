import { element } from './element';
import { type Offer, type Problem } from './problems';

/** What can be done about a problem; left out: it is not offered. */
export type Remedies = Readonly<Partial<Record<Offer, () => void>>>;

/** Says what went wrong while the call goes on; one thing at a time, read out at once. */
export class Notice {
  private readonly box = element('notice', HTMLElement);
  private readonly title = element('notice-title', HTMLElement);
  private readonly words = element('notice-words', HTMLElement);
  private readonly action = element('notice-action', HTMLButtonElement);
  private remedy: () => void = () => undefined;

  constructor() {
    element('notice-close', HTMLButtonElement).addEventListener('click', () => this.hide());
    this.action.addEventListener('click', () => {
      this.hide();
      this.remedy();
    });
  }

  show({ title, advice, offer }: Problem, remedies: Remedies = {}): void {
    const remedy = offer && remedies[offer];
    this.action.hidden = remedy === undefined;
    this.action.textContent = offer === undefined ? '' : offerWords[offer];
    this.remedy = remedy ?? this.remedy;
    // Shown before it is filled: what is read out is what changes in an alert that is there.
    this.box.hidden = false;
    this.title.textContent = title;
    this.words.textContent = advice;
  }

  hide(): void {
    this.box.hidden = true;
    this.title.textContent = '';
    this.words.textContent = '';
  }
}

/** What the button says. */
export const offerWords: Readonly<Record<Offer, string>> = {
  microphone: 'Try the microphone',
  https: 'Open it securely',
  reload: 'Reload',
};
