import { audioKind, pcmu, realtimeFormat, withCallAudio, type CarrierFormat } from '../../../relay';
import { codecFor } from '../../../relay/gateways/codec';
import { decode, encode } from '../../../relay/protocol/base64';

const l16 = (rateHz: 8000 | 16000 | 24000): CarrierFormat => ({ encoding: 'l16', rateHz });

describe('the audio of a call', () => {
  it.each<[CarrierFormat, object, object]>([
    [pcmu, { type: 'audio/pcmu' }, { bytesPerMs: 8, silence: 0xff }],
    [{ encoding: 'pcma', rateHz: 8000 }, { type: 'audio/pcma' }, { bytesPerMs: 8, silence: 0xd5 }],
    [l16(16000), { type: 'audio/pcm', rate: 24000 }, { bytesPerMs: 48, silence: 0 }],
  ])('%j is %j in the session', (format, realtime, kind) => {
    expect(realtimeFormat(format)).toEqual(realtime);
    expect(audioKind(format)).toEqual(kind);
  });

  it('is set in a session’s configuration beside what stands there', () => {
    const config = { type: 'realtime', audio: { input: { turn_detection: null }, output: { voice: 'marin' } } };
    const format = { type: 'audio/pcmu' };
    expect(withCallAudio(config, pcmu)).toEqual({
      type: 'realtime',
      audio: { input: { turn_detection: null, format }, output: { voice: 'marin', format } },
    });
    expect(withCallAudio({}, pcmu)).toEqual({ audio: { input: { format }, output: { format } } });
  });

  it.each([pcmu, l16(24000)])('passes as it is: %j', (format) => {
    const audio = Buffer.from('AAAAAAAA');
    expect(codecFor(format).toSession(audio)).toBe(audio);
    expect(codecFor(format).toCarrier(audio)).toBe(audio);
  });

  it.each([8000, 16000, 24000] as const)('at %i Hz is taken in whole samples only', (rateHz) => {
    expect(codecFor(l16(rateHz)).toSession(encode(Buffer.alloc(319)))).toBeUndefined();
    expect(codecFor(pcmu).toSession(encode(Buffer.alloc(319)))).toHaveLength(428);
  });

  it.each<[8000 | 16000, number]>([
    [8000, 320],
    [16000, 640],
  ])('at %i Hz is resampled frame by frame, both ways', (rateHz, frameBytes) => {
    const codec = codecFor(l16(rateHz));
    for (let frame = 0; frame < 3; frame++) {
      expect(decode(codec.toSession(encode(Buffer.alloc(frameBytes, 7))) ?? Buffer.alloc(0))).toHaveLength(960);
      expect(decode(codec.toCarrier(encode(Buffer.alloc(960, 7))))).toHaveLength(frameBytes);
    }
  });
});
