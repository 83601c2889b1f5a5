import { Resampler } from '../audio/resampler';
import { base64Length, decode, encode } from '../protocol/base64';
import { type CarrierFormat } from './carrier-format';

/** Turns a call's audio from the carrier's format to the session's and back; all of it is base64 text. */
export interface Codec {
  /** Undefined for PCM that ends within a sample. */
  toSession(base64: Buffer): Buffer | undefined;
  toCarrier(base64: Buffer): Buffer;
  /** What went to the carrier was thrown away; what follows is not its continuation. */
  reset(): void;
}

/** A codec for one call: its audio untouched where both sides speak the same, a pair of resamplers for PCM at other rates. */
export function codecFor({ encoding, rateHz }: CarrierFormat): Codec {
  if (encoding !== 'l16') return untouched;
  if (rateHz === sessionHz) return { ...untouched, toSession: (base64) => (isWhole(base64) ? base64 : undefined) };
  const ratio = rateHz === 8000 ? { up: 3, down: 1 } : { up: 3, down: 2 };
  const [toSession, toCarrier] = [new Resampler(ratio), new Resampler({ up: ratio.down, down: ratio.up })];
  return {
    toSession: (base64) => (isWhole(base64) ? encode(resampled(toSession, decode(base64))) : undefined),
    toCarrier: (base64) => encode(resampled(toCarrier, decode(base64))),
    reset: () => toCarrier.reset(),
  };
}

/** The rate of PCM in the Realtime API (protocol reference, section 3.3). */
const sessionHz = 24000;

const untouched: Codec = { toSession: same, toCarrier: same, reset: () => undefined };

function same(base64: Buffer): Buffer {
  return base64;
}

/** Whether this is whole samples of 16 bits. */
function isWhole(base64: Buffer): boolean {
  return base64Length(base64) % 2 === 0;
}

/** 16-bit little-endian samples in and out. */
function resampled(resampler: Resampler, bytes: Buffer): Buffer {
  const samples = new Int16Array(bytes.length / 2);
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(2 * index);
  const out = resampler.push(samples);
  const written = Buffer.alloc(2 * out.length);
  out.forEach((sample, index) => written.writeInt16LE(sample, 2 * index));
  return written;
}
