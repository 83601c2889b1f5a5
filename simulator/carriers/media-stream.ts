import type { CallHistory } from './call-history';
import { CallerLine, type Spoken } from './caller-line';
import type { Complaint } from './complaint';
import type { Command, Dialect, Frame } from './dialect';
import { MediaSocket, type MediaSocketSetup, type Opened, type StreamEnd } from './media-socket';
import { Playback } from './playback';
import { type Sound, soundBytes } from './sound';
import { bytesPerMs, FRAME_MS } from './wire-format';

/** Changes or spoils what the carrier sends: one frame in, any number out. */
export type Tamper = (frame: Frame) => Frame | readonly Frame[];

export interface MediaStreamSetup extends MediaSocketSetup {
  readonly dialect: Dialect;
  /** The share of silence, 0 to 1, that is not sent. */
  readonly silenceSuppression: number;
  readonly tamper: Tamper | undefined;
  readonly history: CallHistory;
  readonly complain: (complaint: Complaint) => void;
  readonly remark: (remark: Complaint) => void;
}

/** If so much waits to be sent because the relay does not read, voice is dropped. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** The audio of a call: the caller's voice out, the relay's audio in, by the clock. */
export class MediaStream {
  /** Frames of the caller's voice sent, and left out because they were silent. */
  readonly voiceFrames = { sent: 0, suppressed: 0 };
  private readonly line: CallerLine;
  private readonly playback: Playback;
  private readonly socket: MediaSocket;
  private startedAtMs = 0;
  private ticks = 0;
  private messages = 0;
  private leaving = false;
  private unread = false;
  private callOffTick: (() => void) | undefined;
  private readonly ending = Promise.withResolvers<StreamEnd>();

  constructor(private readonly setup: MediaStreamSetup) {
    const { clock, dialect, history, random } = setup;
    this.line = new CallerLine(dialect.voice, setup.silenceSuppression, random);
    this.socket = new MediaSocket(setup, {
      received: (frame) => this.receive(frame),
      broken: (message) => setup.complain({ ...dialect.faults.brokenProtocol, message }),
      ended: (end) => this.ended(end),
    });
    this.playback = new Playback(
      clock,
      { bytesPerMs: bytesPerMs(dialect.playback), maxQueuedMs: dialect.maxQueuedMs },
      {
        markReached: (name) => {
          history.add({ type: 'mark_returned', name, because: 'heard' });
          this.send(dialect.markHeard(name));
        },
        started: (message) => history.add({ type: 'playing', message }),
        stopped: () => history.add({ type: 'quiet' }),
      },
    );
  }

  /** Resolves when the socket is closed and everything the relay sent before that has arrived; never if it did not open. */
  get closed(): Promise<StreamEnd> {
    return this.ending.promise;
  }

  /** What the caller hears and heard. */
  get ear(): Pick<Playback, 'heard' | 'gaps' | 'heardMs' | 'queuedMs' | 'heardAudio'> {
    return this.playback;
  }

  /** Connects and, once let in, sends the carrier's opening messages and the caller's line. */
  async open(): Promise<Opened> {
    const { history, url } = this.setup;
    const outcome = await this.socket.open();
    if (outcome.kind === 'refused') {
      history.add({ type: 'stream_refused', url: url.href, status: outcome.status });
      return outcome;
    }
    history.add({ type: 'stream_opened', url: url.href });
    this.setup.dialect.opening().forEach((frame) => this.send(frame));
    this.startedAtMs = this.setup.clock.now();
    this.tickLater();
    return outcome;
  }

  async say(sound: Sound): Promise<Spoken> {
    const { history, dialect } = this.setup;
    const audio = soundBytes(sound, dialect.voice);
    history.add({ type: 'saying', lengthMs: audio.length / bytesPerMs(dialect.voice) });
    const how = await this.line.say(audio);
    history.add({ type: 'said' });
    return how;
  }

  press(digit: string): void {
    const { history, clock, dialect } = this.setup;
    const frame = dialect.press(digit, clock.now() - this.startedAtMs);
    history.add({ type: 'pressed', digit });
    if (frame !== undefined) this.send(frame);
  }

  /** Sends a frame as it is, be it what the carrier would say or not. */
  inject(frame: Frame): void {
    this.socket.send(frame);
  }

  /** The carrier ends the stream: its last message, then a close frame. */
  leave(): void {
    if (this.leaving) return;
    this.leaving = true;
    this.stopTalking();
    const last = this.setup.dialect.closing();
    if (last !== undefined) this.send(last);
    this.socket.leave();
  }

  /** The connection breaks, without a word. */
  drop(): void {
    this.leaving = true;
    this.stopTalking();
    this.socket.drop();
  }

  private ended(end: StreamEnd): void {
    this.leaving = true;
    this.stopTalking();
    this.playback.end();
    this.setup.history.add({ type: 'stream_closed', ...end });
    this.ending.resolve(end);
  }

  private stopTalking(): void {
    this.callOffTick?.();
    this.callOffTick = undefined;
    this.line.end();
  }

  private tickLater(): void {
    const { clock } = this.setup;
    this.callOffTick = clock.at(this.startedAtMs + (this.ticks + 1) * FRAME_MS, () => {
      // After a pause of the process everything that is due goes out at once, so that the caller's time never drifts.
      const nowMs = clock.now();
      while (this.startedAtMs + (this.ticks + 1) * FRAME_MS <= nowMs) this.tick();
      this.tickLater();
    });
  }

  private tick(): void {
    const timestampMs = this.ticks * FRAME_MS;
    this.ticks += 1;
    this.reportQueue();
    const pickup = this.line.next();
    if (pickup.kind === 'voice' && pickup.begins) this.setup.history.add({ type: 'voice', lineMs: timestampMs });
    if (pickup.kind === 'suppressed') this.voiceFrames.suppressed += 1;
    else if (this.hasRoom()) {
      this.voiceFrames.sent += 1;
      const frame = this.setup.dialect.speak(pickup.frame, { chunk: this.voiceFrames.sent, timestampMs });
      for (const one of this.tampered(frame)) this.socket.sendUnordered(one);
    }
  }

  private hasRoom(): boolean {
    const unread = this.socket.unreadBytes > MAX_UNREAD_BYTES;
    if (unread && !this.unread) this.setup.complain(this.setup.dialect.faults.unread);
    this.unread = unread;
    return !unread;
  }

  private reportQueue(): void {
    const frame = this.setup.dialect.queueIs?.(this.playback.queuedMs);
    if (frame !== undefined) this.send(frame);
  }

  private receive(frame: Frame): void {
    const { before, command, complaint: fault, remark, reply } = this.setup.dialect.examine(frame);
    if (fault !== undefined) this.setup.complain(fault);
    if (remark !== undefined) this.setup.remark(remark);
    if (reply !== undefined) this.send(reply);
    for (const one of [before, command]) if (one !== undefined && !this.leaving) this.obey(one);
  }

  private obey(command: Command): void {
    const { history, dialect, complain } = this.setup;
    switch (command.kind) {
      case 'audio': {
        const message = this.messages;
        this.messages += 1;
        history.add({ type: 'audio', message, lengthMs: command.audio.length / bytesPerMs(dialect.playback) });
        if (!this.playback.play(message, command.audio)) complain(dialect.faults.overflow);
        this.reportQueue();
        return;
      }
      case 'mark':
        history.add({ type: 'mark', name: command.name });
        this.playback.mark(command.name);
        return;
      case 'clear':
        this.clear();
        return;
      case 'keys':
        history.add({ type: 'keys', digits: command.digits });
        return;
      case 'leave':
        this.leave();
        return;
    }
  }

  private clear(): void {
    const { history, dialect } = this.setup;
    const { droppedMs, marks } = this.playback.clear();
    history.add({ type: 'cleared', droppedMs });
    const { frames, returnsMarks } = dialect.cleared(marks);
    if (!returnsMarks && marks.length > 0) history.add({ type: 'marks_dropped', names: marks });
    if (returnsMarks) for (const name of marks) history.add({ type: 'mark_returned', name, because: 'cleared' });
    for (const frame of frames) this.send(frame);
    this.reportQueue();
  }

  private send(frame: Frame): void {
    for (const one of this.tampered(frame)) this.socket.send(one);
  }

  private tampered(frame: Frame): readonly Frame[] {
    const frames = this.setup.tamper?.(frame) ?? frame;
    return typeof frames === 'string' || Buffer.isBuffer(frames) ? [frames] : frames;
  }
}
