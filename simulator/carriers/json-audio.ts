import { type Complaint, complaint } from './complaint';
import type { Examined } from './dialect';
import { strictBase64 } from './examine';
import { bytesPerSample, frameBytes, type WireFormat } from './wire-format';

/**
 * What a carrier makes of audio in base64: bytes to play, or what is wrong with them.
 * @param refuse the carrier's own complaint with these words.
 */
export function examineAudio(payload: string, format: WireFormat, refuse: (why: string) => Complaint): Examined {
  const audio = strictBase64(payload);
  if (audio === undefined) return { complaint: refuse('the payload is not base64') };
  if (audio.length === 0) return { complaint: refuse('the payload is empty') };
  if (audio.length % bytesPerSample(format) !== 0) {
    return { complaint: refuse(`the payload of ${audio.length} bytes ends in the middle of a sample`) };
  }
  const command = { kind: 'audio', audio } as const;
  const tail = audio.length % frameBytes(format);
  if (tail === 0) return { command };
  const remark = complaint(
    'odd_tail',
    `${audio.length} bytes of audio end ${tail} bytes into a frame, which can be heard`,
  );
  return { command, remark };
}
