import { backslash, brace, colon, comma, isPlainAscii, quote, skipSpace, startsWith } from './bytes';
import { isReserved, relayPrefix } from './event-id';

/**
 * True when a client's frame is an audio append that can be read in one way only: an object with exactly `type`,
 * `audio` and at most `event_id`, each once, each a string without escapes. Such a frame may go up as it came; of its
 * audio nothing is checked but where it ends, the alphabet is upstream's to refuse.
 */
export function isPlainAppend(bytes: Buffer): boolean {
  return isAsUsual(bytes) || isInAnyOrder(bytes);
}

/** As almost every client writes it, up to the audio. */
const usualStart = Buffer.from('{"type":"input_audio_buffer.append","audio":"');

function isAsUsual(bytes: Buffer): boolean {
  if (!startsWith(bytes, 0, usualStart)) return false;
  const end = bytes.indexOf(quote, usualStart.length);
  const isLast = end === bytes.length - 2 && bytes[end + 1] === brace.close;
  return isLast && !bytes.includes(backslash, usualStart.length);
}

function isInAnyOrder(bytes: Buffer): boolean {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== brace.open) return false;
  let seen = 0;
  do {
    at = skipSpace(bytes, at + 1);
    const key = appendKeys.find(({ text }) => startsWith(bytes, at, text));
    if (key === undefined || (seen & key.bit) !== 0) return false;
    seen |= key.bit;
    at = skipSpace(bytes, at + key.text.length);
    if (bytes[at] !== colon) return false;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] !== quote) return false;
    const end = bytes.indexOf(quote, at + 1);
    if (end === -1 || !isPlainValue(bytes, key.bit, at + 1, end)) return false;
    at = skipSpace(bytes, end + 1);
  } while (bytes[at] === comma);
  if (bytes[at] !== brace.close || skipSpace(bytes, at + 1) !== bytes.length) return false;
  return (seen & bits.type) !== 0 && (seen & bits.audio) !== 0;
}

const bits = { type: 1, audio: 2, eventId: 4 };
const appendKeys = [
  { text: Buffer.from('"type"'), bit: bits.type },
  { text: Buffer.from('"audio"'), bit: bits.audio },
  { text: Buffer.from('"event_id"'), bit: bits.eventId },
];
const appendType = Buffer.from('input_audio_buffer.append');
const maxEventIdBytes = 512;

function isPlainValue(bytes: Buffer, key: number, start: number, end: number): boolean {
  if (key === bits.type) return end - start === appendType.length && startsWith(bytes, start, appendType);
  if (key === bits.eventId) return isPlainEventId(bytes, start, end);
  const escape = bytes.indexOf(backslash, start);
  return escape === -1 || escape > end;
}

function isPlainEventId(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > maxEventIdBytes || !isPlainAscii(bytes, start, end)) return false;
  return !isReserved(bytes.toString('latin1', start, Math.min(end, start + relayPrefix.length)));
}
