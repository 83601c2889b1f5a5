import { audio, closeAll, connected } from '../support/twilio';

afterEach(closeAll);

/** What Twilio says of one message, and whether it did what it says. */
async function complaintsOf(message: (streamSid: string) => unknown) {
  const { call, stream, streamSid } = await connected();
  stream.send(message(streamSid));
  stream.send({ event: 'mark', streamSid, mark: { name: 'end' } });
  await call.until('mark', { where: ({ name }) => name === 'end' });
  const done = call.history.events
    .map(({ type }) => type)
    .filter((type) => ['audio', 'cleared', 'keys'].includes(type));
  return { codes: call.complaints.map(({ code }) => code), remarks: call.remarks.map(({ code }) => code), done };
}

const media = (streamSid: string, payload: unknown) => ({ event: 'media', streamSid, media: { payload } });

describe('what Twilio does not accept from the relay', () => {
  it.each<[string, (streamSid: string) => unknown, string]>([
    ['a binary message', () => Buffer.alloc(160), '31950'],
    ['no JSON', () => 'hello', '31951'],
    ['no object', () => '[1]', '31951'],
    ['an unknown event', (streamSid) => ({ event: 'stop', streamSid }), '31951'],
    ['no event', (streamSid) => ({ streamSid }), '31951'],
    ['an extra field', (streamSid) => ({ event: 'clear', streamSid, now: true }), '31951'],
    ['an extra field within', (s) => ({ ...media(s, 'AAAA'), media: { payload: 'AAAA', track: 'outbound' } }), '31951'],
    ['a missing field', (streamSid) => ({ event: 'media', streamSid, media: {} }), '31951'],
    ['no streamSid', () => ({ event: 'clear' }), '31951'],
    ['another stream', () => ({ event: 'clear', streamSid: 'MZ0' }), '31951'],
    ['a mark without name', (streamSid) => ({ event: 'mark', streamSid }), '31951'],
    ['a mark with an empty name', (streamSid) => ({ event: 'mark', streamSid, mark: { name: '' } }), '31951'],
    ['a payload that is not base64', (s) => media(s, 'not base64!'), '31951'],
    ['a payload without padding', (s) => media(s, '/w'), '31951'],
    ['an empty payload', (s) => media(s, ''), '31951'],
    ['a payload that is no string', (s) => media(s, 5), '31951'],
    ['keys', (streamSid) => ({ event: 'dtmf', streamSid, dtmf: { digit: '5' } }), '31951'],
  ])('%s', async (_, message, code) => {
    expect(await complaintsOf(message)).toEqual({ codes: [code], remarks: [], done: [] });
  });

  it('more than ten minutes of audio', async () => {
    const { call, stream, streamSid } = await connected();
    for (let minute = 0; minute < 10; minute += 1) stream.send(audio(streamSid, 60_000));
    stream.send(audio(streamSid, 20));
    await call.until('complaint');
    expect(call.complaints).toMatchObject([{ code: '31931' }]);
    expect(call.heard).toHaveLength(10);
  });

  it('remarks on audio that ends within a frame, and plays it', async () => {
    expect(await complaintsOf((streamSid) => audio(streamSid, 21))).toEqual({
      codes: [],
      remarks: ['odd_tail'],
      done: ['audio'],
    });
  });
});
