import { type AudioDevice, type Call } from '../client';
import { element } from './element';

/** The choice of microphone and speaker, which opens above the composer. */
export class DevicesMenu {
  private readonly menu = element('devices', HTMLElement);
  private readonly button = element('devices-button', HTMLButtonElement);
  private readonly choices = {
    microphone: element('microphone-choice', HTMLSelectElement),
    speaker: element('speaker-choice', HTMLSelectElement),
  } as const;
  private call: Call | undefined;

  /** @param onRefused is told what came of a choice that did not work. */
  constructor(onRefused: (error: unknown) => void) {
    this.menu.addEventListener('toggle', () => void this.fill());
    this.choices.microphone.addEventListener('change', () => {
      this.call?.useMicrophone(chosen(this.choices.microphone)).catch(onRefused);
    });
    this.choices.speaker.addEventListener('change', () => {
      this.call?.useSpeaker(chosen(this.choices.speaker)).catch(onRefused);
    });
  }

  attach(call: Call): void {
    this.call = call;
    for (const kind of kinds) fillChoice(this.choices[kind], kind, []);
  }

  detach(): void {
    this.menu.hidePopover();
    this.call = undefined;
  }

  private async fill(): Promise<void> {
    this.place();
    const devices = (await this.call?.devices()) ?? [];
    for (const kind of kinds) {
      fillChoice(
        this.choices[kind],
        kind,
        devices.filter((device) => device.kind === kind),
      );
    }
  }

  /** Above its button, and on the screen. */
  private place(): void {
    const { top, right } = this.button.getBoundingClientRect();
    const fromRight = Math.max(marginPx, Math.min(innerWidth - right, innerWidth - this.menu.offsetWidth - marginPx));
    this.menu.style.inset = `auto ${fromRight}px ${innerHeight - top + 12}px auto`;
    this.menu.style.margin = '0';
  }
}

/** Between the menu and the edge of the screen. */
const marginPx = 16;

const chosen = ({ value }: HTMLSelectElement) => (value === '' ? undefined : value);

function fillChoice(choice: HTMLSelectElement, kind: AudioDevice['kind'], devices: readonly AudioDevice[]): void {
  const { value } = choice;
  const named = devices.filter(({ id }) => id !== '' && id !== 'default');
  const options = named.map(
    ({ id, name }, index) => new Option(name === '' ? `${titles[kind]} ${index + 1}` : name, id),
  );
  choice.replaceChildren(new Option('The browser’s choice', ''), ...options);
  choice.value = named.some(({ id }) => id === value) ? value : '';
}

const kinds = ['microphone', 'speaker'] as const;
const titles = { microphone: 'Microphone', speaker: 'Speaker' } as const;
