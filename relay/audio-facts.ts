import { isJsonObject, type JsonObject } from './json';

/** What the rules need to know of a session's audio settings. */
export interface AudioFacts {
  /** The server responds by itself when the user stops speaking (`turn_detection.create_response`). */
  readonly respondsByItself: boolean;
  /** Speech of the user cancels the response under way (`turn_detection.interrupt_response`). */
  readonly interruptsResponses: boolean;
  /** Output audio: 48 for 24 kHz PCM16, 8 for G.711 (protocol reference, section 3.3). */
  readonly outputBytesPerMs: number;
}

/** Reads the facts from a session object as upstream sends it; what is missing counts as the API's default. */
export function audioFacts(session: JsonObject): AudioFacts {
  const audio = isJsonObject(session['audio']) ? session['audio'] : {};
  const input = isJsonObject(audio['input']) ? audio['input'] : {};
  const output = isJsonObject(audio['output']) ? audio['output'] : {};
  const detection = input['turn_detection'];
  const format = isJsonObject(output['format']) ? output['format']['type'] : undefined;
  const does = (member: string) => detection !== null && !(isJsonObject(detection) && detection[member] === false);
  return {
    respondsByItself: does('create_response'),
    interruptsResponses: does('interrupt_response'),
    outputBytesPerMs: format === 'audio/pcmu' || format === 'audio/pcma' ? 8 : 48,
  };
}
