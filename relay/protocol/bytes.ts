/** The few bytes of JSON's syntax the frame scanners look for. */
export const quote = 0x22;
export const backslash = 0x5c;
export const colon = 0x3a;
export const comma = 0x2c;
export const brace = { open: 0x7b, close: 0x7d };
export const bracket = { open: 0x5b, close: 0x5d };

/** Position of the first byte at or behind `start` that is not JSON whitespace. */
export function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** True for the four bytes JSON calls whitespace. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** True when `text` stands at `at`. */
export function startsWith(bytes: Buffer, at: number, text: Buffer): boolean {
  // What is looked for is short, and a call out of JavaScript costs as much as fifty bytes.
  for (let place = 0; place < text.length; place++) if (bytes[at + place] !== text[place]) return false;
  return true;
}

/** True when the bytes from `start` to before `end` are printable ASCII without a backslash: one reading, no escapes. */
export function isPlainAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === undefined || byte < 0x20 || byte > 0x7e || byte === backslash) return false;
  }
  return true;
}
