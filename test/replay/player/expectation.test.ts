import { differences } from '../../../replay/player/expectation';
import { emptyOutline, outlined } from '../../../replay/player/outline';
import { seenInEvent } from '../../../replay/player/seen';
import { audioDelta, done } from './support/recordings';

const outlineOf = (...events: { type: string; [member: string]: unknown }[]) =>
  events.reduce((outline, event) => {
    const seen = seenInEvent(event);
    return seen === undefined ? outline : outlined(outline, seen);
  }, emptyOutline);

const began = { type: 'response.created' };
const error = { type: 'error', error: { code: 'rate_limit_exceeded' } };
const spoken = outlineOf(began, audioDelta, done());

describe('what came back', () => {
  it('may have its content in other pieces, and transcripts at other times, even where it must be exact', () => {
    const transcript = { type: 'conversation.item.input_audio_transcription.completed' };
    expect(differences(spoken, outlineOf(began, audioDelta, audioDelta, transcript, done()), 'strict')).toEqual([]);
  });

  it.each([
    ['no sound', outlineOf(began, done()), ['no audio came']],
    ['an error', outlineOf(began, error, audioDelta, done()), ['unexpected error rate_limit_exceeded']],
    ['a broken answer', outlineOf(began, audioDelta, done('failed')), ['an answer ended failed']],
  ])('has a shape that %s spoils', (_what, replayed, found) => {
    expect(differences(spoken, replayed, 'shape')).toEqual(found);
    expect(differences(spoken, replayed, 'none')).toEqual([]);
  });

  it('may be what was recorded, errors included', () => {
    expect(differences(outlineOf(error), outlineOf(error), 'strict')).toEqual([]);
  });

  it.each([
    [
      'in another order',
      outlineOf(began, error),
      outlineOf(error, began),
      'expected response.created, got error rate_limit_exceeded',
    ],
    ['less', spoken, outlineOf(began, audioDelta), 'expected response.done completed, got nothing'],
    ['more', outlineOf(began, audioDelta), spoken, 'unexpected response.done completed'],
  ])('is another where it is %s', (_how, recorded, replayed, found) => {
    expect(differences(recorded, replayed, 'strict')).toContain(found);
    expect(differences(recorded, replayed, 'shape')).not.toContain(found);
  });
});
