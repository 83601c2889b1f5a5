import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../package-root';

/** A recording and the words in it. */
export interface SpokenSentence {
  /** Below `assets`. */
  readonly file: string;
  readonly words: string;
}

/** The sentences of a booking that there are recordings of, in the order in which they make sense. */
export function spokenSentences(): readonly SpokenSentence[] {
  return sentences.parse(JSON.parse(readFileSync(join(packageRoot, 'assets', 'voices.json'), 'utf8')));
}

const sentences = z.array(z.strictObject({ file: z.string(), words: z.string() }));
