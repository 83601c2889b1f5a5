import { audioFacts } from '../../relay/audio-facts';
import { manualSession, session, turnDetection } from './support/upstream-events';

const withDetection = (detection: unknown) => ({ audio: { input: { turn_detection: detection } } });
const withFormat = (type: string) => ({ audio: { output: { format: { type } } } });

describe('audioFacts', () => {
  it.each([
    ['a session as captured', session(), true],
    ['create_response: false', manualSession(), false],
    ['no turn detection', withDetection(null), false],
    ['a detection that leaves it open', withDetection({ ...turnDetection(), create_response: undefined }), true],
    ['a session that says nothing of it', {}, true],
  ])('reads who responds from %s', (_, from, expected) => {
    expect(audioFacts(from).respondsByItself).toBe(expected);
  });

  it.each([
    ['audio/pcm', 48],
    ['audio/pcmu', 8],
    ['audio/pcma', 8],
  ])('knows the rate of %s', (type, expected) => {
    expect(audioFacts(withFormat(type)).outputBytesPerMs).toBe(expected);
  });

  it('takes PCM for granted', () => {
    expect(audioFacts({ audio: null }).outputBytesPerMs).toBe(48);
  });
});
