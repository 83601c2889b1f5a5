import { explanations, type CallErrorCode } from '../../../web/client/errors';
import { describe as say } from '../../../web/page/problems';

const codes = Object.keys(explanations) as CallErrorCode[];

describe('what the page says of an error', () => {
  it.each(codes)('names %s and the way out', (code) => {
    const { title, advice } = say({ code, detail: undefined });
    expect(title).not.toBe('');
    expect(advice).not.toBe('');
  });

  it('names an ending that is worth its own words', () => {
    expect(say({ code: 'session_ended', detail: 'idle' }).title).toBe('Nobody spoke for a long time');
  });

  it.each(['something_new', 'constructor', '__proto__'])('has words for any ending a relay may name: %s', (detail) => {
    expect(say({ code: 'session_ended', detail })).toEqual(say({ code: 'session_ended', detail: undefined }));
  });
});
