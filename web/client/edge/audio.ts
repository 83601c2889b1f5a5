import { type Frame } from '../audio/framer';
import { sessionHz } from '../audio/pcm';
import { CallError } from '../errors';
import { loadWorklet } from './load-worklet';
import { askForMicrophone, type Microphone, openMicrophone } from './microphone';
import { Speaker, type SpeakerEvents } from './speaker';

/** How the audio of a call is set up. */
export interface AudioSettings {
  readonly frameMs: number;
  readonly workletUrl: string | URL | undefined;
}

/** What the audio of a call tells. */
export interface AudioEvents extends SpeakerEvents {
  readonly onFrame: (frame: Frame) => void;
  /** Something does not work, and the call goes on without it. */
  readonly onTrouble: (error: CallError) => void;
}

/** Microphone and speaker of one call, in one audio context. */
export class Audio {
  private speaker: Speaker | undefined;
  private microphone: Microphone | undefined;
  private loading: Promise<void> | undefined;
  /** How many microphones have been asked for: the one asked for last counts. */
  private choices = 0;
  private isClosed = false;

  private constructor(
    private readonly context: AudioContext,
    private readonly settings: AudioSettings,
    private readonly events: AudioEvents,
  ) {}

  /**
   * To be called while the browser still takes it for what the user did, or it may play nothing yet.
   *
   * @throws CallError where this browser, or this page, has no audio.
   */
  static open(settings: AudioSettings, events: AudioEvents): Audio {
    if (!globalThis.isSecureContext) throw new CallError('insecure_context');
    if (!('AudioWorkletNode' in globalThis)) throw new CallError('unsupported_browser');
    return new Audio(newContext(), settings, events);
  }

  /** Resolves when it can play and listen. @throws CallError where the worklet cannot be loaded. */
  async start(): Promise<void> {
    // Asked for at once, while this still is what the user did.
    const running = this.context.resume();
    this.loading = loadWorklet(this.context, this.settings.workletUrl);
    await this.loading;
    if (this.isClosed) return;
    this.speaker = new Speaker(this.context, this.events);
    this.keepRunning(running);
  }

  play(part: number, base64: string): void {
    this.speaker?.play(part, base64);
  }

  silence(): void {
    this.speaker?.silence();
  }

  /**
   * Takes a microphone, or this stream, in the place of the one before.
   *
   * @throws CallError that names why there is none; the one before stays.
   */
  async listen(from: MediaStream | string | undefined): Promise<void> {
    const choice = ++this.choices;
    const isOurs = !(from instanceof MediaStream);
    await this.loading;
    const stream = isOurs ? await askForMicrophone(from) : from;
    let microphone: Microphone;
    try {
      const opened = await openMicrophone(stream, this.context, this.settings, {
        onFrame: (frame) => this.events.onFrame(frame),
        onLost: () => this.lose(),
      });
      microphone = {
        close: () => {
          opened.close();
          if (isOurs) stopAll(stream);
        },
      };
    } catch (error) {
      if (isOurs) stopAll(stream);
      throw new CallError('microphone_failed', undefined, { cause: error });
    }
    // The user may have hung up before allowing it, or chosen another one.
    if (this.isClosed || choice !== this.choices) {
      microphone.close();
      return;
    }
    this.microphone?.close();
    this.microphone = microphone;
  }

  /** @throws CallError where the browser cannot. */
  async useSpeaker(deviceId: string | undefined): Promise<void> {
    const context: AudioContext & { setSinkId?: (id: string) => Promise<void> } = this.context;
    try {
      if (context.setSinkId === undefined) throw new TypeError('This browser has no AudioContext.setSinkId.');
      await context.setSinkId(deviceId ?? '');
    } catch (error) {
      throw new CallError('speaker_failed', undefined, { cause: error });
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.microphone?.close();
    this.speaker?.close();
    for (const kind of gestures) removeEventListener(kind, this.wake);
    this.context.onstatechange = null;
    void this.context.close();
  }

  private lose(): void {
    this.microphone?.close();
    this.microphone = undefined;
    this.events.onTrouble(new CallError('microphone_lost'));
  }

  /** Browsers keep a page silent until the user has touched it, and phones during another call. */
  private keepRunning(running: Promise<void>): void {
    const { context } = this;
    const look = () => {
      if (context.state === 'running' || this.isClosed) return;
      for (const kind of gestures) addEventListener(kind, this.wake);
      this.events.onTrouble(new CallError('playback_blocked'));
    };
    context.onstatechange = look;
    void Promise.race([running, new Promise((resolve) => setTimeout(resolve, startsWithinMs))]).then(look);
  }

  private readonly wake = (): void => {
    if (this.isClosed) return;
    void this.context.resume().then(() => {
      for (const kind of gestures) removeEventListener(kind, this.wake);
    });
  };
}

/** At the session's rate, so that the browser does all resampling; else at its own. */
function newContext(): AudioContext {
  try {
    return new AudioContext({ latencyHint: 'interactive', sampleRate: sessionHz });
  } catch {
    return new AudioContext({ latencyHint: 'interactive' });
  }
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What browsers take for a touch of the page. */
const gestures = ['pointerup', 'keydown', 'touchend'] as const;

/** A browser that lets it play has it running by then. */
const startsWithinMs = 1_500;
