import type { SemanticVad, ServerVad } from '../protocol/session-object';

/** What the detector heard, in milliseconds of the session's audio clock. */
export type SpeechMark =
  | { readonly kind: 'started'; readonly audioStartMs: number }
  | { readonly kind: 'stopped'; readonly audioEndMs: number };

/** The width of the windows whose energy is judged. */
export const WINDOW_MS = 20;

/** Speech must fill this many windows in a row; shorter sounds are clicks. */
const ONSET_WINDOWS = 3;

/**
 * Voice activity by energy. It knows no real time: its clock is the audio it is given, so a client that sends a minute of
 * audio in a second gets the marks of a minute.
 */
export class VoiceDetector {
  private readonly threshold: number;
  private readonly prefixPaddingMs: number;
  private readonly silenceDurationMs: number;
  private speaking = false;
  private loudWindows = 0;
  /** End of the last window with speech in it. */
  private lastSpeechMs = 0;

  constructor(settings: ServerVad | SemanticVad) {
    this.threshold = settings.type === 'server_vad' ? settings.threshold : 0.5;
    this.prefixPaddingMs = settings.type === 'server_vad' ? settings.prefix_padding_ms : 300;
    this.silenceDurationMs =
      settings.type === 'server_vad' ? settings.silence_duration_ms : SEMANTIC_SILENCE_MS[settings.eagerness];
  }

  get isSpeaking(): boolean {
    return this.speaking;
  }

  /**
   * Judges the next window.
   * @param endMs where the window ends on the audio clock.
   */
  hear(window: Int16Array, endMs: number): SpeechMark | undefined {
    const loud = speechProbability(window) >= Math.max(this.threshold, Number.EPSILON);
    this.loudWindows = loud ? this.loudWindows + 1 : 0;
    if (loud) this.lastSpeechMs = endMs;
    if (!this.speaking && this.loudWindows >= ONSET_WINDOWS) {
      this.speaking = true;
      const onsetMs = endMs - ONSET_WINDOWS * WINDOW_MS;
      return { kind: 'started', audioStartMs: Math.max(0, onsetMs - this.prefixPaddingMs) };
    }
    // The end includes the silence it took to be sure (official types, `InputAudioBufferSpeechStoppedEvent`).
    if (this.speaking && endMs - this.lastSpeechMs >= this.silenceDurationMs) {
      this.speaking = false;
      return { kind: 'stopped', audioEndMs: endMs };
    }
    return undefined;
  }
}

/**
 * How likely a window is speech, 0 to 1, from its level alone: -60 dBFS and below is 0, -20 dBFS and above is 1, so that
 * the usual threshold of 0.5 stands at -40 dBFS.
 */
export function speechProbability(window: Int16Array): number {
  if (window.length === 0) return 0;
  let sum = 0;
  for (const sample of window) sum += sample * sample;
  const rms = Math.sqrt(sum / window.length);
  if (rms === 0) return 0;
  const level = 20 * Math.log10(rms / 32768);
  return Math.min(1, Math.max(0, (level + 60) / 40));
}

/** There is no meaning to wait for in energy, so eagerness only chooses how much silence ends a turn. */
const SEMANTIC_SILENCE_MS = { low: 800, medium: 500, auto: 500, high: 300 } as const;
