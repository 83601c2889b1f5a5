import { numberOf, objectOf, type JsonObject } from './json';

/** What a call must know of its session (protocol reference, sections 3.1 and 3.2). */
export interface SessionFacts {
  /** Speech of the user cuts the assistant off (`turn_detection.interrupt_response`). */
  readonly isInterruptible: boolean;
  /** What the user says is written down. */
  readonly isTranscribed: boolean;
  /** Milliseconds of silence after which the user's turn counts as over; 0 where the model decides. */
  readonly silenceMs: number;
  /** Both ways are 24 kHz PCM16, the only audio this library speaks. */
  readonly isPcm: boolean;
}

/** Reads a session object; what is missing counts as the API's default. */
export function readSession(session: unknown): SessionFacts {
  const audio = objectOf(objectOf(session)['audio']);
  const input = objectOf(audio['input']);
  const detection = input['turn_detection'];
  return {
    isInterruptible: detection !== null && objectOf(detection)['interrupt_response'] !== false,
    isTranscribed: typeof input['transcription'] === 'object' && input['transcription'] !== null,
    silenceMs: numberOf(objectOf(detection)['silence_duration_ms'], 0),
    isPcm: isPcm(input) && isPcm(objectOf(audio['output'])),
  };
}

function isPcm(side: JsonObject): boolean {
  const { type = 'audio/pcm' } = objectOf(side['format']);
  return type === 'audio/pcm';
}
