import { confirmation, heading, press, says, sentences } from './page-suite';
import { type Visit } from './visit';

/** Begins a call with the sample voice and has it book an appointment, sentence by sentence. */
export async function bookBySampleVoice({ page, wire }: Visit): Promise<void> {
  await press(page, 'Use a sample voice');
  await heading(page, 'Listening');
  const exchange = [
    [sentences[0], 'Please tell me what it is about'],
    [sentences[1], 'Please tell me which e-mail address'],
    [sentences[2], confirmation],
  ] as const;
  for (const [index, [words, answer]] of exchange.entries()) {
    await press(page, words);
    await says(page, answer);
    await wire.next('relay', 'response.done', index + 1);
  }
}
