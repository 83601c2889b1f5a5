import { toPcm } from './pcm';

/** A frame of what the microphone heard. */
export interface Frame {
  readonly samples: Int16Array<ArrayBuffer>;
  /** Root of the mean square, 0 to 1. */
  readonly rms: number;
}

/** Cuts samples that come piece by piece into frames of one length. */
export function createFramer(frameSamples: number): (input: Float32Array) => Frame[] {
  let samples = new Int16Array(frameSamples);
  let filled = 0;
  let squares = 0;
  return (input) => {
    const frames: Frame[] = [];
    for (const sample of input) {
      samples[filled++] = toPcm(sample);
      squares += sample * sample;
      if (filled < frameSamples) continue;
      frames.push({ samples, rms: Math.sqrt(squares / frameSamples) });
      samples = new Int16Array(frameSamples);
      filled = 0;
      squares = 0;
    }
    return frames;
  };
}
