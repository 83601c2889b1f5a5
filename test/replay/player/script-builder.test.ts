import { append, came, frameOf, g711, said, scriptOf } from './support/recordings';
import type { AudioStep } from '../../../replay/player/script';

const audioSteps = (script: ReturnType<typeof scriptOf>) =>
  script.steps.filter((step): step is AudioStep => step.kind === 'audio');
const bytesOf = (frame: string) => Buffer.from((JSON.parse(frame) as { audio: string }).audio, 'base64');
const byLength = (t: number) => said(t, { type: 'input_audio_buffer.append', audio_bytes: 160, audio_ms: 20 });

describe('a script', () => {
  it('plays kept audio as it was', () => {
    const [step] = audioSteps(scriptOf([said(0, append('a'))]));
    expect(step?.frame).toBe(JSON.stringify({ type: 'input_audio_buffer.append', audio: frameOf('a') }));
    expect(step?.lengthMs).toBe(20);
  });

  it('plays silence of its length where audio was not kept, and says so', () => {
    const script = scriptOf([byLength(0), byLength(20)], { audio: 'length' });
    expect(audioSteps(script).map(({ frame }) => bytesOf(frame))).toEqual([
      Buffer.alloc(160, 0xff),
      Buffer.alloc(160, 0xff),
    ]);
    expect(script.standIns.frames).toBe(2);
  });

  it('plays noise where somebody spoke, so that the end of the turn is noticed again', () => {
    const spoke = [
      ...Array.from({ length: 40 }, (_, nth) => byLength(20 * nth)),
      came(810, { type: 'input_audio_buffer.speech_started', audio_start_ms: 40 }),
      came(811, { type: 'input_audio_buffer.speech_stopped', audio_end_ms: 640 }),
    ];
    const isSilent = audioSteps(scriptOf(spoke)).map(({ frame }) => bytesOf(frame).every((byte) => byte === 0xff));
    // The second half of so short a speech is the silence by which its end was noticed.
    expect(isSilent).toEqual(Array.from({ length: 40 }, (_, nth) => nth < 2 || nth >= 17));
  });

  it('guesses the length of dropped audio from the time to the next', () => {
    const dropped = (t: number) => said(t, { type: 'input_audio_buffer.append' });
    expect(audioSteps(scriptOf([dropped(100), dropped(140), dropped(180)], { audio: 'dropped' }))[1]?.lengthMs).toBe(
      40,
    );
  });

  it('reads audio in the format the session has by then', () => {
    const updated = { type: 'session.updated', session: { audio: { input: { format: g711 } } } };
    const script = scriptOf([came(0, updated), said(10, append('a'))], {
      input_format: { type: 'audio/pcm', rate: 24_000 },
    });
    expect(audioSteps(script)[0]?.lengthMs).toBe(20);
  });

  it('says other words of the same length where a text was redacted', () => {
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: '[redacted 23]' }] };
    const script = scriptOf([said(0, { type: 'conversation.item.create', item })]);
    const [step] = script.steps;
    const text = JSON.stringify(step).match(/"text":"([^"]*)"/)?.[1];
    expect(text).toHaveLength(23);
    expect(text).not.toContain('redacted');
    expect(script.standIns.texts).toBe(1);
  });

  it('leaves out settings that were redacted', () => {
    const session = { type: 'realtime', audio: { output: { voice: '[redacted 5]', speed: 1 } } };
    const [step] = scriptOf([said(0, { type: 'session.update', session })]).steps;
    expect(step).toMatchObject({ event: { session: { type: 'realtime', audio: { output: { speed: 1 } } } } });
    expect(JSON.stringify(step)).not.toContain('voice');
  });

  it('leaves out what nobody knows', () => {
    const script = scriptOf([said(0, { type: 'unknown', bytes: 10 }), said(5, { type: 'response.create' })]);
    expect(script.steps.map(({ kind }) => kind)).toEqual(['event', 'end']);
    expect(script.standIns.leftOut).toBe(1);
  });

  it('ends with the client, unless the server ended it as part of the conversation', () => {
    const endOf = (line: Parameters<typeof scriptOf>[0][number]) => scriptOf([line]).steps.at(-1);
    expect(endOf({ t: 5, end: 'call_ended' })).toMatchObject({ kind: 'end', by: 'server' });
    expect(endOf({ t: 5, end: 'draining' })).toMatchObject({ kind: 'end', by: 'client' });
    expect(endOf({ t: 5, cut: 'too_large' })).toMatchObject({ kind: 'end', by: 'client' });
  });
});

it('a recording of very many events is read in a moment', () => {
  const lines = Array.from({ length: 300_000 }, (_, t) => came(t, { type: 'input_audio_buffer.committed' }));
  expect(scriptOf(lines).lengthMs).toBe(299_999);
});
