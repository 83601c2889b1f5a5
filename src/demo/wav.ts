/**
 * The samples of a WAV file: 16-bit PCM, mono, as the Realtime API takes it.
 *
 * @param rate the sample rate it must have, in hertz.
 * @throws Error that says what is wrong with the file.
 */
export function pcmOfWav(file: Buffer, rate: number): Buffer {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('This is no WAV file.');
  }
  let isRight = false;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const start = at + 8;
    if (name === 'fmt ') isRight = hasFormat(file, start, rate);
    if (name === 'data') {
      if (!isRight) throw new Error(`The WAV file must hold 16-bit PCM, mono, at ${rate} Hz.`);
      return file.subarray(start, Math.min(file.length, start + size));
    }
    // Chunks start at even places.
    at = start + size + (size % 2);
  }
  throw new Error('The WAV file holds no samples.');
}

function hasFormat(file: Buffer, start: number, rate: number): boolean {
  if (start + 16 > file.length) return false;
  const [coding, channels, bits] = [
    file.readUInt16LE(start),
    file.readUInt16LE(start + 2),
    file.readUInt16LE(start + 14),
  ];
  return coding === 1 && channels === 1 && bits === 16 && file.readUInt32LE(start + 4) === rate;
}
