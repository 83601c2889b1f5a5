import { randomBytes } from 'node:crypto';
import { encodeFrame } from '../wire/frame';
import { audioPlace } from './conversation';

/** What is said in both directions, a frame at a time; a frame that is always the same is encoded once. */
export interface Speech {
  /** The client's n-th frame of the call, counted from 0, masked as clients must. */
  up(nth: number): Buffer;
  /** `response.output_audio.delta`. */
  readonly down: Buffer;
  /** Bytes of their JSON as it arrives, by which they are told from everything else. */
  readonly upBytes: number;
  readonly downBytes: number;
}

/**
 * Frames of one answer that carry so many base64 characters of audio: 216 are 20 ms of G.711, 8,000 are 125 ms of 24 kHz PCM.
 * The audio is noise, so nothing along the way can profit from its content.
 *
 * @param downCharacters of the answer's frames, where they differ from the client's.
 */
export function speechOf(audioCharacters: number, answerId: string, downCharacters = audioCharacters): Speech {
  const up = Buffer.from(JSON.stringify({ type: 'input_audio_buffer.append', audio: noise(audioCharacters) }));
  const down = Buffer.from(
    JSON.stringify({
      type: 'response.output_audio.delta',
      event_id: 'event_audio',
      ...audioPlace(answerId),
      delta: noise(downCharacters),
    }),
  );
  const encoded = encodeFrame(up, true);
  return { up: () => encoded, down: encodeFrame(down, false), upBytes: up.length, downBytes: down.length };
}

function noise(characters: number): string {
  return randomBytes((characters / 4) * 3).toString('base64');
}
