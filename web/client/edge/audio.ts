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

  /** @throws CallError where the worklet cannot be loaded. */
  async start(): Promise<void> {
    try {
      await loadWorklet(this.context, this.settings.workletUrl);
    } catch (error) {
      throw new CallError('audio_unavailable', undefined, { cause: error });
    }
    if (this.isClosed) return;
    this.speaker = new Speaker(this.context, this.events);
    this.keepRunning();
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
    const isOurs = !(from instanceof MediaStream);
    const stream = isOurs ? await askForMicrophone(from) : from;
    const onLost = () => {
      this.microphone?.close();
      this.microphone = undefined;
      this.events.onTrouble(new CallError('microphone_lost'));
    };
    try {
      const opened = await openMicrophone(stream, isOurs, this.context, this.settings, { ...this.events, onLost });
      this.microphone?.close();
      this.microphone = opened;
    } catch (error) {
      if (isOurs) stopAll(stream);
      throw new CallError('microphone_failed', undefined, { cause: error });
    }
    if (this.isClosed) this.microphone.close();
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

  /** Browsers keep a page silent until the user has touched it, and phones during another call. */
  private keepRunning(): void {
    const { context } = this;
    const look = () => {
      if (context.state === 'running' || this.isClosed) return;
      for (const kind of gestures) addEventListener(kind, this.wake);
      this.events.onTrouble(new CallError('playback_blocked'));
    };
    context.onstatechange = look;
    void Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, startsWithinMs))]).then(look);
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

const startsWithinMs = 500;
