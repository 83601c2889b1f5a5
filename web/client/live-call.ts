import { type Frame } from './audio/framer';
import { encodePcm } from './audio/pcm';
import { type Call, type CallEvents, type CallOptions, type CallState } from './call';
import { type CoreEffect, type CoreEvent, type CoreState } from './core/model';
import { begin, showState, step } from './core/step';
import { Audio } from './edge/audio';
import { Connection } from './edge/connection';
import { listDevices } from './edge/devices';
import { Listeners } from './edge/listeners';
import { Meter } from './edge/meter';
import { CallError } from './errors';
import { type Settings } from './settings';

/** A call, as the wiring between what decides (`core`) and what does (`edge`). */
export class LiveCall implements Call {
  isMuted = false;
  private core: CoreState;
  private readonly listeners = new Listeners();
  private readonly meter = new Meter((levels) => this.listeners.tell('levels', levels));
  private audio: Audio | undefined;
  private connection: Connection | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isUnderWay = false;
  private readonly waiting: CoreEvent[] = [];
  private isTaking = false;
  private readonly firstEffects: readonly CoreEffect[];

  constructor(
    private readonly options: CallOptions,
    private readonly settings: Settings,
  ) {
    const first = begin(settings);
    this.core = first.state;
    this.firstEffects = first.effects;
    addEventListener('online', this.onOnline);
    // The page can only listen once it has the call.
    try {
      this.audio = this.openAudio();
      void this.start(this.audio);
    } catch (error) {
      queueMicrotask(() => this.break(error));
    }
  }

  get state(): CallState {
    return showState(this.core);
  }

  on<Name extends keyof CallEvents>(event: Name, listener: (detail: CallEvents[Name]) => void): () => void {
    return this.listeners.add(event, listener);
  }

  say(text: string): boolean {
    if (this.state.name === 'ended') return false;
    this.goAhead();
    this.take({ kind: 'say', text });
    return true;
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
  }

  async useMicrophone(deviceId?: string): Promise<void> {
    if (this.state.name !== 'ended') await this.audio?.listen(deviceId);
  }

  async useSpeaker(deviceId?: string): Promise<void> {
    await this.audio?.useSpeaker(deviceId);
  }

  devices(): ReturnType<Call['devices']> {
    return listDevices();
  }

  end(): void {
    this.take({ kind: 'end' });
  }

  private openAudio(): Audio {
    const { frameMs } = this.settings;
    return Audio.open(
      { frameMs, workletUrl: this.options.workletUrl },
      {
        onFrame: (frame) => this.hear(frame),
        onPlayed: (report, latencyMs) =>
          this.take({ kind: 'played', report, heardAtMs: performance.now() + latencyMs }),
        onSilenced: (report) => this.take({ kind: 'silenced', report }),
        onLevel: (rms) => this.meter.hearOutput(rms),
        onTrouble: (error) => this.take({ kind: 'trouble', error }),
      },
    );
  }

  /** First the audio, then the microphone, then the relay: so that "listening" means that somebody listens. */
  private async start(audio: Audio): Promise<void> {
    try {
      await audio.start();
    } catch (error) {
      this.break(error);
      return;
    }
    const { microphone = true, microphoneId } = this.options;
    if (microphone !== false && this.state.name !== 'ended') {
      try {
        await audio.listen(microphone === true ? microphoneId : microphone);
      } catch (error) {
        this.take({ kind: 'trouble', error: asCallError(error, 'microphone_failed') });
      }
    }
    this.goAhead();
  }

  /** Whoever writes before the microphone is decided upon does not wait for it. */
  private goAhead(): void {
    if (this.isUnderWay || this.state.name === 'ended') return;
    this.isUnderWay = true;
    for (const effect of this.firstEffects) this.perform(effect);
  }

  private hear({ samples, rms }: Frame): void {
    this.meter.hearInput(this.isMuted ? 0 : rms);
    if (this.core.phase.name !== 'talking' || this.connection?.keepsUp() !== true) return;
    const base64 = encodePcm(this.isMuted ? samples.fill(0) : samples);
    this.take({ kind: 'frame', base64, ms: this.settings.frameMs });
  }

  private break(error: unknown): void {
    this.take({ kind: 'broken', error: asCallError(error, 'audio_unavailable') });
  }

  /** One after the other: what a listener does while it is told of something is not done in the middle of that. */
  private take(event: CoreEvent): void {
    this.waiting.push(event);
    if (this.isTaking) return;
    this.isTaking = true;
    try {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
        const { state, effects } = step(this.core, next, performance.now(), Math.random());
        this.core = state;
        for (const effect of effects) this.perform(effect);
      }
    } finally {
      // Whatever went wrong, the call can still be ended.
      this.isTaking = false;
    }
  }

  private perform(effect: CoreEffect): void {
    switch (effect.kind) {
      case 'connect':
        this.connection = this.dial();
        return;
      case 'disconnect':
        this.connection?.close();
        return;
      case 'send':
        this.connection?.send(effect.event);
        return;
      case 'play':
        this.audio?.play(effect.part, effect.base64);
        return;
      case 'silence':
        this.audio?.silence();
        return;
      case 'timer.set':
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.take({ kind: 'timer' }), effect.afterMs);
        return;
      case 'timer.clear':
        clearTimeout(this.timer);
        return;
      case 'release':
        this.audio?.close();
        this.meter.stop();
        removeEventListener('online', this.onOnline);
        return;
      case 'tell':
        this.listeners.tell(effect.event, effect.detail);
        return;
    }
  }

  private dial(): Connection {
    return new Connection(this.settings.url, this.options.token, {
      onMessage: (text) => this.take({ kind: 'message', text }),
      onRefused: (why) => this.take({ kind: 'refused', why }),
      onClosed: (code, reason) => this.take({ kind: 'closed', code, reason }),
    });
  }

  private readonly onOnline = (): void => this.take({ kind: 'online' });
}

function asCallError(error: unknown, code: CallError['code']): CallError {
  return error instanceof CallError ? error : new CallError(code, undefined, { cause: error });
}
