/** Samples a second of the only audio a session speaks (protocol reference, section 3.3). */
export const sessionHz = 24_000;

/** Reads base64 text of 16-bit little-endian samples; a byte that is left over is left out, and so is what is no base64. */
export function decodePcm(base64: string): Float32Array<ArrayBuffer> {
  const bytes = bytesOf(base64);
  const samples = new Float32Array(bytes.length >> 1);
  for (let at = 0; at < samples.length; at++) {
    const unsigned = (bytes.charCodeAt(2 * at + 1) << 8) | bytes.charCodeAt(2 * at);
    samples[at] = ((unsigned << 16) >> 16) / 32_768;
  }
  return samples;
}

/** Writes 16-bit samples as base64 text, little-endian on every machine. */
export function encodePcm(samples: Int16Array): string {
  let bytes = '';
  for (const sample of samples) bytes += String.fromCharCode(sample & 0xff, (sample >> 8) & 0xff);
  return btoa(bytes);
}

/** A sample from -1 to 1 as 16 bits; louder ones are cut off. */
export function toPcm(sample: number): number {
  const clipped = Math.max(-1, Math.min(1, sample));
  return Math.round(clipped < 0 ? clipped * 32_768 : clipped * 32_767);
}

function bytesOf(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}
