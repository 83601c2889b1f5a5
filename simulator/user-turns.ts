import { codecOf } from './audio/format';
import { InputBuffer } from './audio/input-buffer';
import { type SpeechMark, VoiceDetector } from './audio/vad';
import type { Entry } from './conversation';
import * as events from './protocol/events';
import { type Refusal, refuse } from './protocol/refusal';
import type { SessionObject, TurnDetection } from './protocol/session-object';
import type { Responses } from './response/responses';
import { obfuscationFor, wordDeltas } from './speech/deltas';
import type { Stage } from './stage';
import { isBase64 } from './validate/items';

/** A commit needs at least this much audio (protocol reference, section 2.1). */
const MIN_COMMIT_MS = 100;

/** How much audio is kept while nobody speaks, and at most for a client that marks its turns itself. */
const KEPT_QUIET_MS = 30_000;
const KEPT_MANUAL_MS = 600_000;

/** From the bytes a client appends to user items: turn detection, commits and transcription. */
export class UserTurns {
  private readonly buffer: InputBuffer;
  private detector: VoiceDetector | undefined;
  /** The turn being spoken: its item's id exists from `speech_started` on. */
  private speech: { readonly itemId: string; readonly fromMs: number } | undefined;
  /** Where on the audio clock the user's silence counts as long. */
  private idleAtMs: number | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly responses: Responses,
  ) {
    this.buffer = new InputBuffer(stage.settings.audio.input.format);
    this.detector = detectorFor(this.detection);
    responses.onEnd((end, spokenMs) => {
      const idleMs = this.detection?.type === 'server_vad' ? this.detection.idle_timeout_ms : null;
      // Counted from the estimated end of playback, which is all still to come when speech arrives in a burst.
      this.idleAtMs = idleMs === null || end.status !== 'completed' ? undefined : this.buffer.endMs + spokenMs + idleMs;
    });
  }

  append(audio: string): Refusal | undefined {
    if (!isBase64(audio)) return refuse('invalid_value', 'Invalid base64-encoded audio.', 'audio');
    this.buffer.append(Buffer.from(audio, 'base64'));
    for (const { samples, endMs } of this.buffer.windows()) {
      const mark = this.detector?.hear(samples, endMs);
      if (mark !== undefined) this.follow(mark);
      else if (this.speech === undefined && this.idleAtMs !== undefined && endMs >= this.idleAtMs)
        this.triggerIdle(endMs);
    }
    if (this.speech === undefined) {
      this.buffer.forgetOlderThan(this.detector === undefined ? KEPT_MANUAL_MS : KEPT_QUIET_MS);
    }
    return undefined;
  }

  /** The client ends the turn itself. No response starts by it. */
  commit(): Refusal | undefined {
    const { durationMs } = this.buffer;
    if (durationMs < MIN_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least ${MIN_COMMIT_MS}ms of audio, but buffer only has ${durationMs.toFixed(2)}ms of audio.`;
      return refuse('input_audio_buffer_commit_empty', message);
    }
    const itemId = this.speech?.itemId ?? this.stage.ids.next('item');
    this.forgetSpeech();
    this.commitAs(itemId, this.buffer.takeAll(), this.stage.hearing.next())();
    return undefined;
  }

  clear(): void {
    this.forgetSpeech();
    this.buffer.clear();
    this.stage.emit(events.cleared());
  }

  /** The session was updated: another format empties the buffer, another turn detection starts afresh. */
  settingsChanged(before: SessionObject): void {
    const { input } = this.stage.settings.audio;
    if (!isSame(input.format, before.audio.input.format)) {
      this.forgetSpeech();
      this.buffer.changeFormat(input.format);
    }
    if (!isSame(input.turn_detection, before.audio.input.turn_detection)) this.forgetSpeech();
  }

  private get detection(): TurnDetection {
    return this.stage.settings.audio.input.turn_detection;
  }

  private forgetSpeech(): void {
    this.speech = undefined;
    this.detector = detectorFor(this.detection);
  }

  private follow(mark: SpeechMark): void {
    const { stage } = this;
    if (mark.kind === 'started') {
      const itemId = stage.ids.next('item');
      this.speech = { itemId, fromMs: mark.audioStartMs };
      this.idleAtMs = undefined;
      stage.emit(events.speechStarted(mark.audioStartMs, itemId));
      if (this.detection?.interrupt_response === true) this.responses.interrupt();
      return;
    }
    if (this.speech === undefined) return;
    const { itemId, fromMs } = this.speech;
    this.speech = undefined;
    stage.emit(events.speechStopped(mark.audioEndMs, itemId));
    this.endTurn(itemId, this.buffer.take(fromMs, mark.audioEndMs), stage.hearing.next());
  }

  /** A turn the server ended: a response follows by itself, if so configured. */
  private endTurn(itemId: string, audio: Buffer, heard: string): void {
    const transcribe = this.commitAs(itemId, audio, heard);
    const answers = this.detection?.create_response === true;
    if (!this.stage.quirks.late_transcription || !answers) transcribe();
    if (answers) this.responses.automatic();
    if (this.stage.quirks.late_transcription && answers) setImmediate(transcribe);
  }

  /** Makes the audio an item of the conversation. Returns what sends its transcription, when that is due. */
  private commitAs(itemId: string, audio: Buffer, heard: string): () => void {
    const { stage } = this;
    const { conversation, settings } = stage;
    const audioMs = audio.length / codecOf(settings.audio.input.format).bytesPerMs;
    const entry: Entry = {
      item: {
        id: itemId,
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_audio', transcript: null }],
      },
      heard,
      audio: [audio],
      audioMs,
    };
    const previousId = conversation.insert(entry);
    stage.emit(events.committed(previousId, itemId));
    stage.emit(events.itemAdded(previousId, structuredClone(entry.item)));
    stage.emit(events.itemDone(previousId, structuredClone(entry.item)));
    return () => {
      if (settings.audio.input.transcription !== null) this.transcribe(entry);
    };
  }

  private transcribe({ item, heard = '', audioMs = 0 }: Entry): void {
    const { stage } = this;
    for (const delta of wordDeltas(heard)) {
      stage.emit(events.transcriptionDelta(item.id, delta, obfuscationFor(delta, stage.ids)));
    }
    stage.emit(events.transcriptionCompleted(item.id, heard, Math.ceil(audioMs / 1000)));
    if (item.type === 'message') item.content = [{ type: 'input_audio', transcript: heard }];
  }

  /** The user has been silent for long: the model is told, and speaks (protocol reference, section 2.2). */
  private triggerIdle(nowMs: number): void {
    const { stage } = this;
    const fromMs = Math.max(
      0,
      nowMs - (this.detection?.type === 'server_vad' ? (this.detection.idle_timeout_ms ?? 0) : 0),
    );
    const itemId = stage.ids.next('item');
    this.idleAtMs = undefined;
    stage.emit(events.timeoutTriggered(Math.round(fromMs), nowMs, itemId));
    const notice: Entry = {
      item: {
        id: stage.ids.next('item'),
        type: 'message',
        status: 'completed',
        role: 'system',
        content: [{ type: 'input_text', text: 'The user has said nothing for a while.' }],
      },
    };
    const previousId = stage.conversation.insert(notice);
    stage.emit(events.itemAdded(previousId, structuredClone(notice.item)));
    stage.emit(events.itemDone(previousId, structuredClone(notice.item)));
    this.endTurn(itemId, this.buffer.take(fromMs, nowMs), '');
  }
}

function detectorFor(detection: TurnDetection): VoiceDetector | undefined {
  return detection === null ? undefined : new VoiceDetector(detection);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
