import { type Call, CallError, type CallState, type Transcript } from '../client';
import { announce } from './announce';
import { CallClock } from './call-clock';
import { CheckingNote } from './checking-note';
import { DevicesMenu } from './devices-menu';
import { element } from './element';
import { asSeconds } from './figures';
import { MicrophoneButton } from './microphone-button';
import { type Notice } from './notice';
import { describe, noSampleVoice } from './problems';
import { type SampleVoice } from './sample-voice';
import { SamplesBar } from './samples-bar';
import { Turns } from './turns';
import { Waveform } from './waveform';

/** How somebody takes part in a call. */
export type Way = 'microphone' | 'text' | 'sample';

/** What stands there during a call, and what is done with it. */
export class CallScreen {
  readonly turns = new Turns();
  readonly clock = new CallClock();
  private readonly checking = new CheckingNote(this.turns);
  private readonly waveform = new Waveform(element('waveform', HTMLCanvasElement));
  private readonly samples = new SamplesBar(() => this.missVoice());
  private readonly devices = new DevicesMenu((error) => this.tellOf(error));
  private readonly microphone = new MicrophoneButton(
    () => this.hasMicrophone(),
    (error) => this.tellOf(error),
  );
  private readonly section = element('call', HTMLElement);
  private readonly state = element('call-state', HTMLElement);
  private readonly stateWords = element('state-words', HTMLElement);
  private readonly latency = element('latency', HTMLElement);
  private readonly message = element('message', HTMLInputElement);
  private call: Call | undefined;
  private way: Way = 'microphone';
  /** Why there is no connection yet; the call tries on by itself. */
  private hindrance: string | undefined;
  private times: number[] = [];

  constructor(private readonly notice: Notice) {
    element('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    element('hang-up', HTMLButtonElement).addEventListener('click', () => this.call?.end());
  }

  /** Milliseconds to each answer so far. */
  get latencies(): readonly number[] {
    return this.times;
  }

  /** Shows a call from its very beginning. */
  open(call: Call, way: Way, voice?: SampleVoice): void {
    this.call = call;
    this.way = way;
    this.hindrance = undefined;
    this.times = [];
    this.latency.hidden = true;
    this.turns.clear();
    this.notice.hide();
    this.clock.reset();
    this.microphone.attach(call, way !== 'text');
    this.devices.attach(call);
    if (voice) this.samples.show(voice);
    this.waveform.start();
    this.listenTo(call);
    this.showState(call.state);
    if (way === 'text') this.message.focus();
    else this.state.focus();
  }

  close(): void {
    this.call = undefined;
    this.clock.stop();
    this.waveform.stop();
    this.devices.detach();
    this.samples.hide();
    this.checking.end();
    this.notice.hide();
    this.message.value = '';
  }

  private listenTo(call: Call): void {
    call.on('state', (state) => this.showState(state));
    call.on('transcript', (transcript) => this.showTranscript(transcript));
    call.on('levels', (levels) => this.waveform.hear(levels));
    call.on('activity', (activity) => this.checking.show(activity));
    call.on('latency', ({ ms }) => this.showLatency(ms));
    call.on('conversation', () => {
      this.turns.divide(
        'The connection was lost. A new conversation has begun, which knows nothing of what stands above.',
      );
      announce('A new conversation has begun, which knows nothing of the one before.');
    });
    call.on('error', (error) => this.tellOf(error));
  }

  private showState(state: CallState): void {
    if (state.name === 'ended') return;
    if (state.name === 'connecting') {
      this.checking.end();
    } else {
      this.hindrance = undefined;
      this.clock.start();
    }
    this.section.dataset['state'] = state.name;
    const words = wordsFor(state, this.microphone.isHeard, this.hindrance);
    if (this.stateWords.textContent === words) return;
    this.stateWords.textContent = words;
    // Each change from listening to speaking can be heard; to be told of it as well would be too much.
    if (state.name !== 'speaking') announce(words);
  }

  private showTranscript(transcript: Transcript): void {
    this.turns.show(transcript);
    // Who types reads the answers; who talks hears them, and a screen reader must not talk at the same time.
    if (this.way === 'text' && transcript.role === 'assistant' && transcript.isFinal) {
      announce(`The assistant says: ${transcript.text}`);
    }
  }

  private showLatency(ms: number): void {
    this.times.push(ms);
    this.latency.hidden = false;
    this.latency.textContent = `Answered after ${asSeconds(ms)}`;
  }

  private send(): void {
    const text = this.message.value.trim();
    if (text !== '' && this.call?.say(text) === true) this.message.value = '';
  }

  private hasMicrophone(): void {
    this.notice.hide();
    if (this.call) this.showState(this.call.state);
  }

  private missVoice(): void {
    if (this.call) this.notice.show(noSampleVoice);
  }

  /** What ends the call stands on the card at its end. */
  private tellOf(error: unknown): void {
    const { call } = this;
    if (!(error instanceof CallError) || !call || call.state.name === 'ended') return;
    if (error.code === 'relay_busy' || error.code === 'relay_unreachable') {
      this.hindrance = describe(error).title;
    } else {
      if (error.code.startsWith('microphone_')) this.microphone.note(false);
      this.notice.show(describe(error), { microphone: () => this.microphone.open() });
    }
    this.showState(call.state);
  }
}

function wordsFor(
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
