import { type Page } from 'playwright-core';
import { type Heard, heardBy } from './speaker';
import { type Wire } from './wire';

/** The samples of speech that the relay has sent for an item; of all items where none is named. */
export function sentSpeech(wire: Wire, itemId?: unknown): Int16Array {
  const deltas = wire.all('relay', 'response.output_audio.delta');
  const own = deltas.filter(({ json }) => itemId === undefined || json['item_id'] === itemId);
  const bytes = Buffer.concat(own.map(({ json }) => Buffer.from(String(json['delta']), 'base64')));
  return Int16Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16LE(2 * at));
}

/** How speech sounds that is played whole. */
export function soundOf(speech: Int16Array): Heard {
  return { rateHz: 24_000, samples: Array.from(speech, (sample) => sample / 32_768) };
}

/**
 * How many samples of speech came out of the speakers, one after the other from its first one on and unchanged; 0 where it
 * did not come out at all. Gaps in which a busy machine had nothing to play yet do not count. For audio at the session's
 * own rate.
 */
export function playedOf(speech: Int16Array, { samples }: Heard): number {
  const lead = speech.findIndex((sample) => sample !== 0);
  const pcm = samples.map((sample) => Math.round(sample * 32_768));
  let longest = 0;
  for (let start = pcm.indexOf(speech[lead] ?? 0); start >= 0; start = pcm.indexOf(speech[lead] ?? 0, start + 1)) {
    let count = lead;
    for (let at = start; count < speech.length && at < pcm.length; at++) {
      if (isSame(pcm[at], speech[count])) count++;
      else if (pcm[at] !== 0) break;
    }
    longest = Math.max(longest, count);
  }
  return longest;
}

/** Everything that came out of the speakers up to now, also what the recorder has not handed over yet. */
export async function allHeardBy(page: Page): Promise<Heard> {
  const count = await page.evaluate(() => window.recordedSpeakers.chunks.length);
  await page.waitForFunction((before) => window.recordedSpeakers.chunks.length > before + 2, count);
  return heardBy(page);
}

/** The recorder rounds once more. */
const isSame = (one = 0, other = 0) => Math.abs(one - other) <= 2;
