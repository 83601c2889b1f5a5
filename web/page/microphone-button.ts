import { type Call } from '../client';
import { element } from './element';

/** The button that mutes the microphone, or turns it on where there is none yet. */
export class MicrophoneButton {
  private readonly button = element('mute', HTMLButtonElement);
  private call: Call | undefined;
  private isOpen = false;

  /** @param onOpened Told when a microphone hears. @param onFailed Told what came of it where none does. */
  constructor(
    private readonly onOpened: () => void,
    private readonly onFailed: (error: unknown) => void,
  ) {
    this.button.addEventListener('click', () => this.press());
  }

  /** Whether a microphone is there, as far as is known. */
  get isHeard(): boolean {
    return this.isOpen;
  }

  attach(call: Call, isHeard: boolean): void {
    this.call = call;
    this.note(isHeard);
  }

  /** A microphone has come or gone. */
  note(isHeard: boolean): void {
    this.isOpen = isHeard;
    const isOff = !isHeard || this.call?.isMuted === true;
    this.button.setAttribute('aria-pressed', String(isOff));
    this.button.setAttribute('aria-label', isHeard ? 'Mute the microphone' : 'The microphone is off');
    this.button.title = isOff ? 'Turn the microphone on' : 'Mute the microphone';
  }

  /** Asks for a microphone, also where it was refused before. */
  open(): void {
    this.call?.useMicrophone(undefined).then(() => {
      this.note(true);
      this.onOpened();
    }, this.onFailed);
  }

  private press(): void {
    if (!this.isOpen) {
      this.open();
      return;
    }
    this.call?.mute(!this.call.isMuted);
    this.note(true);
  }
}
