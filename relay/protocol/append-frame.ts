/** Audio, as base64 text, written as the event a client sends; the text is moved, not read. */
export function appendFrame(base64: Buffer): Buffer {
  return Buffer.concat([head, base64, tail]);
}

const head = Buffer.from('{"type":"input_audio_buffer.append","audio":"');
const tail = Buffer.from('"}');
