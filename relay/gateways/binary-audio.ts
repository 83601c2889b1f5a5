import { decode, encode } from '../protocol/base64';
import { type CarrierFormat } from './carrier-format';
import { fault } from './control-messages';
import { type CarrierEvent, type CarrierMessage } from './dialect';

/** Reads a message that is nothing but audio; no carrier sends an odd number of bytes, and with PCM it could not be right. */
export function readBinaryAudio(bytes: Buffer): CarrierEvent {
  if (bytes.length === 0 || bytes.length % 2 !== 0) return fault('invalid_audio');
  return { kind: 'audio', streamId: null, base64: encode(bytes), timestampMs: null, chunk: null };
}

/**
 * Writes audio as messages that are nothing but audio, of at most `messageBytes`; the last is filled up with silence to a
 * whole frame.
 */
export function binaryWriter(
  format: CarrierFormat,
  messageBytes: number,
): (base64: Buffer) => readonly CarrierMessage[] {
  const frame = frameBytes(format);
  return (base64) => {
    const audio = filledUp(decode(base64), frame, silenceByte[format.encoding]);
    const count = Math.ceil(audio.length / messageBytes);
    return Array.from({ length: count }, (_, index) => ({
      data: audio.subarray(index * messageBytes, (index + 1) * messageBytes),
      isBinary: true,
    }));
  };
}

/** How many bytes 20 ms of a call's audio have. */
export function frameBytes({ encoding, rateHz }: CarrierFormat): number {
  return (rateHz / 50) * (encoding === 'l16' ? 2 : 1);
}

const silenceByte = { pcmu: 0xff, pcma: 0xd5, l16: 0 };

function filledUp(audio: Buffer, frame: number, silence: number): Buffer {
  const over = audio.length % frame;
  return over === 0 ? audio : Buffer.concat([audio, Buffer.alloc(frame - over, silence)]);
}
