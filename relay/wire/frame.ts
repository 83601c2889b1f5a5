import { headBytes, keyBytes, whole, writeHead } from './head';
import { applyMask, newKey } from './mask';
import { takeFrame } from './passing';

/**
 * The frame that carries a message, ready to be written.
 *
 * A text message that is sent on while it is delivered keeps the frame it came in; its bytes, head and message, are the
 * sender's from then on, who puts a mask over them in place where there has to be one.
 */
export function frameOf(data: Buffer | string, isBinary: boolean, isMasked: boolean): Buffer {
  const payloadBytes = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  const start = headBytes(payloadBytes, isMasked);
  const frame = isBinary ? undefined : takeFrame(data);
  if (frame?.length === start + payloadBytes) return isMasked ? withMask(frame, start) : frame;
  const made = Buffer.allocUnsafe(start + payloadBytes);
  writeHead(made, isBinary ? whole.binary : whole.text, payloadBytes, isMasked);
  if (typeof data === 'string') made.write(data, start);
  else data.copy(made, start);
  return isMasked ? withMask(made, start) : made;
}

function withMask(frame: Buffer, start: number): Buffer {
  const key = newKey();
  frame.writeInt32LE(key, start - keyBytes);
  applyMask(frame, start, frame.length, key);
  return frame;
}
