import { type Call, CallError, type CallState, type Levels, type Transcript } from '../client';
import { DevicesMenu } from './devices-menu';
import { element } from './element';
import { asClock, asSeconds } from './figures';
import { type Notice } from './notice';
import { describe } from './problems';
import { type SampleVoice } from './sample-voice';
import { SamplesBar } from './samples-bar';
import { Turns } from './turns';
import { Waveform } from './waveform';

/** How somebody takes part in a call. */
export type Way = 'microphone' | 'text' | 'sample';

/** How long the note that the assistant is checking something stays, in milliseconds: shorter ones cannot be read. */
const leastCheckingMs = 900;

/** What stands there during a call, and what is done with it. */
export class CallScreen {
  readonly turns = new Turns();
  private readonly waveform = new Waveform(element('waveform', HTMLCanvasElement));
  private readonly devices = new DevicesMenu((error) => this.tellOf(error));
  private readonly samples = new SamplesBar();
  private readonly section = element('call', HTMLElement);
  private readonly state = element('call-state', HTMLElement);
  private readonly stateWords = element('state-words', HTMLElement);
  private readonly latency = element('latency', HTMLElement);
  private readonly clock = element('clock', HTMLElement);
  private readonly checking = element('checking', HTMLElement);
  private readonly announcer = element('announcer', HTMLElement);
  private readonly mute = element('mute', HTMLButtonElement);
  private readonly message = element('message', HTMLInputElement);
  private call: Call | undefined;
  private way: Way = 'microphone';
  /** Whether there is a microphone, as far as is known. */
  private isHeard = false;
  /** Why there is no connection yet; the call tries on by itself. */
  private hindrance: string | undefined;
  private startedAtMs = 0;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private checkingSinceMs = 0;
  private stopChecking: ReturnType<typeof setTimeout> | undefined;
  private times: number[] = [];

  constructor(private readonly notice: Notice) {
    element('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.mute.addEventListener('click', () => this.toggleMicrophone());
    element('hang-up', HTMLButtonElement).addEventListener('click', () => this.call?.end());
  }

  /** From the beginning of the conversation, in milliseconds; 0 where there was none. */
  get durationMs(): number {
    return this.startedAtMs === 0 ? 0 : performance.now() - this.startedAtMs;
  }

  /** Milliseconds to each answer so far. */
  get latencies(): readonly number[] {
    return this.times;
  }

  /** Shows a call from its very beginning. */
  open(call: Call, way: Way, voice?: SampleVoice): void {
    this.call = call;
    this.way = way;
    this.isHeard = way !== 'text';
    this.hindrance = undefined;
    this.startedAtMs = 0;
    this.times = [];
    this.turns.clear();
    this.notice.hide();
    this.latency.hidden = true;
    this.clock.textContent = asClock(0);
    this.showMicrophone();
    this.devices.attach(call);
    if (voice) this.samples.show(voice);
    else this.samples.hide();
    this.waveform.start();
    this.listenTo(call);
    this.showState(call.state);
    if (way === 'text') this.message.focus();
    else this.state.focus();
  }

  close(): void {
    this.waveform.stop();
    this.devices.detach();
    this.samples.hide();
    this.notice.hide();
    this.endChecking();
    clearInterval(this.ticking);
    this.ticking = undefined;
    this.message.value = '';
    this.call = undefined;
  }

  private listenTo(call: Call): void {
    call.on('state', (state) => this.showState(state));
    call.on('transcript', (transcript) => this.showTranscript(transcript));
    call.on('levels', (levels) => this.showLevels(levels));
    call.on('activity', (activity) => (activity === 'busy' ? this.beginChecking() : this.endCheckingSoon()));
    call.on('latency', ({ ms }) => this.showLatency(ms));
    call.on('conversation', () => {
      this.turns.divide(
        'The connection was lost. A new conversation has begun, which knows nothing of what stands above.',
      );
      this.announce('A new conversation has begun, which knows nothing of the one before.');
    });
    call.on('error', (error) => this.tellOf(error));
  }

  private showState(state: CallState): void {
    if (state.name === 'ended') return;
    if (state.name !== 'connecting') this.hindrance = undefined;
    const words = stateWords(state, this.isHeard, this.hindrance);
    this.section.dataset['state'] = state.name;
    if (this.stateWords.textContent === words) return;
    this.stateWords.textContent = words;
    if (state.name === 'connecting') this.endChecking();
    else this.startClock();
    // Each change from listening to speaking can be heard; to be told of it as well would be too much.
    if (state.name !== 'speaking') this.announce(words);
  }

  private startClock(): void {
    if (this.ticking !== undefined) return;
    this.startedAtMs = performance.now();
    this.ticking = setInterval(() => (this.clock.textContent = asClock(this.durationMs)), 1_000);
  }

  private showTranscript(transcript: Transcript): void {
    this.turns.show(transcript);
    // Who types reads the answers; who talks hears them, and a screen reader must not talk at the same time.
    if (this.way === 'text' && transcript.role === 'assistant' && transcript.isFinal) {
      this.announce(`The assistant says: ${transcript.text}`);
    }
  }

  private showLevels(levels: Levels): void {
    this.waveform.hear(levels);
  }

  private showLatency(ms: number): void {
    this.times.push(ms);
    this.latency.hidden = false;
    this.latency.textContent = `Answered after ${asSeconds(ms)}`;
  }

  private beginChecking(): void {
    clearTimeout(this.stopChecking);
    if (!this.checking.hidden) return;
    this.checkingSinceMs = performance.now();
    this.turns.following(() => (this.checking.hidden = false));
    this.announce('The assistant is checking something.');
  }

  private endCheckingSoon(): void {
    const leftMs = leastCheckingMs - (performance.now() - this.checkingSinceMs);
    this.stopChecking = setTimeout(() => this.endChecking(), Math.max(0, leftMs));
  }

  private endChecking(): void {
    clearTimeout(this.stopChecking);
    this.checking.hidden = true;
  }

  private send(): void {
    const text = this.message.value.trim();
    if (text === '' || this.call?.say(text) !== true) return;
    this.message.value = '';
  }

  private toggleMicrophone(): void {
    const { call } = this;
    if (!call) return;
    if (!this.isHeard) {
      this.openMicrophone(call);
      return;
    }
    call.mute(!call.isMuted);
    this.showMicrophone();
  }

  /** Also where it was refused before. */
  private openMicrophone(call: Call): void {
    call.useMicrophone(undefined).then(
      () => {
        this.isHeard = true;
        this.notice.hide();
        this.showMicrophone();
        this.showState(call.state);
      },
      (error: unknown) => this.tellOf(error),
    );
  }

  private showMicrophone(): void {
    const isOff = !this.isHeard || this.call?.isMuted === true;
    this.mute.setAttribute('aria-pressed', String(isOff));
    this.mute.setAttribute('aria-label', this.isHeard ? 'Mute the microphone' : 'The microphone is off');
    this.mute.title = isOff ? 'Turn the microphone on' : 'Mute the microphone';
  }

  /** What ends the call stands on the card at its end. */
  private tellOf(error: unknown): void {
    const { call } = this;
    if (!(error instanceof CallError) || !call || call.state.name === 'ended') return;
    if (error.code === 'relay_busy' || error.code === 'relay_unreachable') {
      this.hindrance = describe(error).title;
      this.showState(call.state);
      return;
    }
    if (error.code.startsWith('microphone_')) {
      this.isHeard = false;
      this.showMicrophone();
      this.showState(call.state);
    }
    this.notice.show(describe(error), { microphone: () => this.openMicrophone(call) });
  }

  private announce(words: string): void {
    this.announcer.textContent = words;
  }
}

function stateWords(
  state: Exclude<CallState, { name: 'ended' }>,
  isHeard: boolean,
  hindrance: string | undefined,
): string {
  switch (state.name) {
    case 'connecting':
      if (hindrance !== undefined) return `${hindrance}. Trying again`;
      return state.isReconnect ? 'The connection was lost. Trying again' : 'Connecting';
    case 'listening':
      return isHeard ? 'Listening' : 'Ready for your message';
    case 'speaking':
      return 'Speaking';
  }
}
